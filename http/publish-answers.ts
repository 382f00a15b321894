import type { Candidate } from '../origin/candidate';
import type { LiveEvent } from '../origin/events/live-event';
import type { PutTarget } from '../origin/events/target';
import type { IngestOutcome } from '../origin/ingest/outcome';
import type { HttpResponse } from './message';
import { jsonResponse, problemResponse } from './problem';
import type { Problem } from './problem';
import { encodeDefects, etagOf } from './segment-headers';
import { tooLargeAnswer } from './too-large';

const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/** A pipeline's candidate as people and programs read it; ticks as strings, since they may exceed 2^53. */
export function candidateView(candidate: Candidate) {
  const { inspection, digest, size, region, pipeline, number, representation, defects, publishedAtMs } =
    candidate;
  return {
    representation,
    number,
    pipeline,
    region,
    digest,
    size,
    publishedAtMs,
    defects: defects.map(({ name, measures }) => ({ name, ...measures })),
    ...(inspection && {
      inspection: Object.fromEntries(
        Object.entries(inspection).map(([member, value]: [string, unknown]) => [
          member,
          typeof value === 'bigint' ? value.toString() : value,
        ]),
      ),
    }),
  };
}

/** How each outcome of a PUT is told: docs/http-api.md has the same table. */
export function ingestAnswer(event: LiveEvent, target: PutTarget, outcome: IngestOutcome): HttpResponse {
  switch (outcome.kind) {
    case 'stored':
      return candidateAnswer(201, outcome.candidate);
    case 'unchanged':
      return candidateAnswer(200, outcome.candidate);
    case 'init-accepted': {
      const { version, digest, known } = outcome;
      return jsonResponse(known ? 200 : 201, { version, digest }, { ETag: etagOf(digest) });
    }
    case 'place':
      return jsonResponse(200, outcome.place);
    case 'too-large':
      return tooLargeAnswer(outcome.bytesMax);
    case 'document-stored':
      return jsonResponse(201, { path: outcome.path });
    case 'ignored':
      return {
        status: 200,
        headers: { ...NO_STORE, 'Headwater-Ignored': outcome.why, ...defectsHeader(outcome.defects) },
      };
    case 'unusable':
      return problemResponse(
        {
          status: 400,
          title: 'Unusable',
          detail: `The bytes are no ${target.kind} that a player could use: ${outcome.defects.map(({ name }) => name).join(', ')}.`,
          members: { defects: outcome.defects.map(({ name, measures }) => ({ name, ...measures })) },
        },
        { ...NO_STORE, ...defectsHeader(outcome.defects) },
      );
    case 'digest-mismatch':
    case 'held':
    case 'foreign-init':
    case 'too-early':
    case 'init-needed':
    case 'not-canonical':
    case 'not-uploaded':
    case 'unclear':
      return problemResponse(refusalOf(event, outcome), NO_STORE);
  }
}

type Refusal = Extract<
  IngestOutcome,
  {
    kind:
      | 'digest-mismatch'
      | 'held'
      | 'foreign-init'
      | 'too-early'
      | 'init-needed'
      | 'not-canonical'
      | 'not-uploaded'
      | 'unclear';
  }
>;

function refusalOf(event: LiveEvent, outcome: Refusal): Problem {
  switch (outcome.kind) {
    case 'digest-mismatch': {
      const fault = { parameter: outcome.header, wanted: outcome.wanted, got: outcome.got };
      return {
        status: 400,
        title: 'Digest mismatch',
        detail: 'The body is not what its digest says. Send it again.',
        faults: [fault],
      };
    }
    case 'held': {
      const fault = { parameter: 'body', wanted: `the bytes of ${outcome.held.digest}`, got: 'other bytes' };
      const detail = 'This pipeline has a copy of this number here that is as good or better; it stays.';
      return {
        status: 409,
        title: 'Already published',
        detail,
        faults: [fault],
        members: { held: candidateView(outcome.held) },
      };
    }
    case 'foreign-init':
      return foreignInitProblem(outcome.wanted, outcome.got);
    case 'too-early':
      return tooEarlyProblem(outcome);
    case 'init-needed':
      return {
        status: 412,
        title: 'Init needed',
        detail: 'Send the init segment first, or configure the timescale of the representation.',
        faults: [
          { parameter: 'body', wanted: 'the init segment of the representation', got: 'media before it' },
        ],
      };
    case 'not-uploaded': {
      const fault = { parameter: 'Repr-Digest', wanted: 'bytes that were uploaded', got: outcome.digest };
      const detail = 'Ask for a place with ?upload and PUT the bytes there first.';
      return { status: 409, title: 'Not uploaded', detail, faults: [fault] };
    }
    case 'unclear': {
      const detail = 'A hand-off is for one segment, named by its path and its digest.';
      return { status: 400, title: 'Unclear hand-off', detail, faults: [outcome.fault] };
    }
    case 'not-canonical': {
      const { media, ingestMedia } = event.configuration.segmentTemplate;
      const fault = { parameter: 'path', wanted: outcome.wanted, got: 'a name that is none' };
      return {
        status: 400,
        title: 'Not canonical',
        detail: `The templates are ${[media, ingestMedia].filter(Boolean).join(' and ')}.`,
        faults: [fault],
      };
    }
  }
}

function tooEarlyProblem({ number, expectedNumber }: Extract<Refusal, { kind: 'too-early' }>): Problem {
  return {
    status: 409,
    title: 'Too early',
    detail:
      'The number is far ahead of the schedule: a wrong clock, or a packager that counts from elsewhere.',
    faults: [{ parameter: 'number', wanted: `about ${expectedNumber}`, got: number.toString() }],
    members: { expectedNumber },
  };
}

function foreignInitProblem(wanted: string, got: string): Problem {
  return {
    status: 409,
    title: 'Another init',
    detail:
      'Players load one init segment and then media of any pipeline, so inits must agree. Configure the encoders ' +
      'alike, or let an operator accept this one from a segment on.',
    faults: [{ parameter: 'body', wanted: `init identity ${wanted}`, got }],
  };
}

function candidateAnswer(status: 200 | 201, candidate: Candidate): HttpResponse {
  return jsonResponse(status, candidateView(candidate), {
    ETag: etagOf(candidate.digest),
    ...defectsHeader(candidate.defects),
  });
}

function defectsHeader(defects: Candidate['defects']): Readonly<Record<string, string>> {
  const encoded = encodeDefects(defects);
  return encoded === '' ? {} : { 'Headwater-Defects': encoded };
}

/** ffmpeg sends its credentials only after this challenge. */
export function unauthorizedAnswer(): HttpResponse {
  return problemResponse(
    {
      status: 401,
      title: 'Credential needed',
      detail: 'Send the credential of the pipeline; the control plane makes a new one.',
      faults: [
        {
          parameter: 'Authorization',
          wanted: 'Basic (user = pipeline, password = its secret) or Bearer (the secret)',
          got: 'none that is valid',
        },
      ],
    },
    { ...NO_STORE, 'WWW-Authenticate': 'Basic realm="headwater", charset="UTF-8"' },
  );
}

export function forbiddenAnswer(detail: string, wanted = 'a credential of this event'): HttpResponse {
  const fault = { parameter: 'Authorization', wanted, got: 'another' };
  return problemResponse({ status: 403, title: 'Not allowed', detail, faults: [fault] }, NO_STORE);
}

export function unknownEventAnswer(): HttpResponse {
  const detail = 'There is no such event. Create it in the control plane first.';
  const fault = { parameter: 'path', wanted: 'the path of an event that exists', got: 'another' };
  return problemResponse({ status: 404, title: 'Unknown event', detail, faults: [fault] }, NO_STORE);
}

export function unknownNameAnswer(): HttpResponse {
  const detail = 'Names are of A-Z a-z 0-9 . _ ~ -, a path has at most 512 characters.';
  const fault = { parameter: 'path', wanted: '/live/{tenant}/{event}/{path}', got: 'another path' };
  return problemResponse({ status: 400, title: 'Not a media path', detail, faults: [fault] }, NO_STORE);
}

export function wrongMethodAnswer(method: string): HttpResponse {
  const detail = 'This API takes what packagers send.';
  const fault = { parameter: 'method', wanted: 'PUT, POST or DELETE', got: method };
  return problemResponse({ status: 400, title: 'Method not supported', detail, faults: [fault] }, NO_STORE);
}

/** Neither init, segment, manifest nor passthrough: 415 when the event takes nothing of this type at all. */
export function unsupportedAnswer(event: LiveEvent, path: string): HttpResponse {
  const extension = /\.[A-Za-z0-9]+$/.exec(path)?.[0] ?? '';
  const names = [...event.representations.values()].flatMap(({ initialization, media, ingestMedia }) => [
    initialization,
    media.suffix,
    ingestMedia?.suffix ?? '',
  ]);
  const taken = extension !== '' && names.some((name) => name.endsWith(extension));
  const { initialization, media } = event.configuration.segmentTemplate;
  return problemResponse(
    {
      status: taken ? 400 : 415,
      title: taken ? 'Unknown name' : 'Unsupported media type',
      detail: 'No template and no passthrough pattern of the event has this name.',
      faults: [{ parameter: 'path', wanted: `${initialization}, ${media}, *.mpd or *.m3u8`, got: path }],
    },
    NO_STORE,
  );
}
