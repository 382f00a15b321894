import { setTimeout as sleep } from 'node:timers/promises';
import { statusLineOfExpect, type Hop, type Hops } from './hop';
import type { Patient } from './patient';

/** What one check found; it throws {@link Unhealthy} where something is wrong. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<string>;
  /** Where to look when it fails. */
  readonly todo: string;
}

/** A check that failed: what was wanted and what came. */
export class Unhealthy extends Error {
  override readonly name = 'Unhealthy';
}

export interface Visit {
  readonly patient: Patient;
  readonly hops: Hops;
  readonly regions: readonly string[];
  /** Also those that need an account to be true: chunked bodies, 100-continue. */
  readonly chunked: boolean;
}

/** Every check in the order in which it has to run: later ones look at what earlier ones published. */
export function checksOf(visit: Visit): readonly [Check, ...Check[]] {
  // Chosen once: all regions and pipelines publish the same segment.
  const number = visit.patient.liveEdge();
  return [
    {
      name: 'control: makes an event and its credentials',
      todo: 'Is --control the control API, and may the token write the tenant (--tenant)? `headwater token list`.',
      run: () => created(visit),
    },
    {
      name: 'viewers: the clocks of this machine and of the origin agree',
      todo: 'No answer: is --cdn what viewers use? Otherwise set the clock (NTP): all below is held against it.',
      run: () => clocksAgree(visit),
    },
    ...visit.regions.flatMap((region) => publishChecks(visit, region, number)),
    ...viewerChecks(visit, number),
    ...scheduleChecks(visit, number),
    {
      name: 'failover: a mask turns viewers to the next pipeline',
      todo: 'Does the CDN follow versions and invalidations? docs/edge.md; runbook: EdgeBehind.',
      run: () => failover(visit, number),
    },
  ];
}

/** As far as the longest way to the origin and back lets this be told. */
const CLOCK_MS_MAX = 1000;

async function clocksAgree({ patient, hops }: Visit): Promise<string> {
  const { body, elapsedMs } = wanted([200], await hops.ask(patient.timeUrl()));
  const originMs = Date.parse(body.toString());
  const aheadMs = Math.round(Date.now() - elapsedMs / 2 - originMs);
  if (!(Math.abs(aheadMs) <= CLOCK_MS_MAX + elapsedMs / 2))
    throw new Unhealthy(`wanted a second at most between them, got ${aheadMs} ms that this machine is ahead`);
  return `${aheadMs} ms apart`;
}

async function created({ patient }: Visit): Promise<string> {
  await patient.create();
  return `${patient.key.tenant}/${patient.key.event}`;
}

function publishChecks(visit: Visit, region: string, number: number): readonly Check[] {
  const { patient, hops } = visit;
  const stranger = { method: 'PUT', body: patient.bytes(number) } as const;
  return [
    {
      name: `${region}: turns away who shows no credential`,
      todo: `Is --publish ${region}=URL the publish API of that region, and does it run?`,
      run: async () => {
        const hop = wanted([401], await hops.ask(patient.publishUrl(region, number), stranger));
        if (hop.headers['www-authenticate'] === undefined)
          throw new Unhealthy('wanted WWW-Authenticate, got none');
        return timed(hop);
      },
    },
    ...patient.pipelines.map((pipeline) => ({
      name: `${region}: takes init and segment of pipeline ${pipeline}`,
      todo: '404: the region does not know the event, is its replica of the events table there? 5xx: runbook, PublishFailing.',
      run: async () => {
        // A region may hear of a new event a second later.
        await eventually(() => patient.putInit(region, pipeline), [200, 201]);
        const hop = wanted([200, 201], await patient.put(region, pipeline, number));
        wanted([200], await patient.put(region, pipeline, number));
        return timed(hop);
      },
    })),
    ...(visit.chunked ? hardChecks(visit, region, number) : []),
  ];
}

/** What packagers do and gateways may not take. */
function hardChecks({ patient }: Visit, region: string, number: number): readonly Check[] {
  return [
    {
      name: `${region}: takes a chunked body, byte for byte`,
      todo: 'Put `headwater publish` beside packagers: it sends a Content-Length.',
      run: async () => timed(wanted([200, 201], await patient.put(region, 'a', number - 1, true))),
    },
    {
      name: `${region}: answers Expect: 100-continue without a credential with 401, not 100`,
      todo: 'Packagers that wait for it send each body twice: put `headwater publish` beside them.',
      run: async () => {
        const line = await statusLineOfExpect(patient.publishUrl(region, number), 100_000);
        if (!line.includes(' 401')) throw new Unhealthy(`wanted 401, got ${line}`);
        return line;
      },
    },
  ];
}

function viewerChecks({ patient, hops }: Visit, number: number): readonly Check[] {
  const url = patient.cdnUrl(number);
  return [
    {
      name: 'viewers: get the segment byte for byte, with its headers',
      todo: '403: the CDN shows no edge credential, or an old one. 404: does it ask the serve API for the same path? `headwater explain`.',
      run: async () => {
        const hop = await eventually(() => hops.ask(url), [200]);
        if (!hop.body.equals(patient.bytes(number)))
          throw new Unhealthy(
            `wanted the ${patient.bytes(number).length} bytes that were PUT, got ${hop.body.length} others`,
          );
        requireHeaders(hop);
        return `${timed(hop)}; ${hop.headers['headwater-candidate'] ?? ''}`;
      },
    },
    {
      name: 'viewers: HEAD, a range and a validator',
      todo: 'The CDN has to allow HEAD, and to answer Range and If-None-Match.',
      run: async () => {
        const head = wanted([200], await hops.ask(url, { method: 'HEAD' }));
        const part = wanted([206], await hops.ask(url, { headers: { range: 'bytes=0-99' } }));
        if (part.body.length !== 100)
          throw new Unhealthy(`wanted 100 bytes of the range, got ${part.body.length}`);
        const etag = head.headers['etag'] ?? '';
        wanted([304], await hops.ask(url, { headers: { 'if-none-match': etag } }));
        return `${timed(head)} and ${timed(part)}`;
      },
    },
    {
      name: 'viewers: the second request comes from a cache',
      todo: 'Does the CDN keep what Cache-Control says, with neither cookies nor query in its key?',
      run: async () => {
        const { headers } = wanted([200], await hops.ask(url));
        const told = headers['cache-status'] ?? headers['x-cache'] ?? '';
        if (!/hit/i.test(told))
          throw new Unhealthy(`wanted a hit, got ${told === '' ? 'no Cache-Status or X-Cache' : told}`);
        return told;
      },
    },
  ];
}

function scheduleChecks({ patient, hops, regions }: Visit, number: number): readonly Check[] {
  const ask = (which: number) => hops.ask(patient.cdnUrl(which));
  return [
    {
      name: 'schedule: what is not yet expires before it is there',
      todo: 'Does the CDN set a Cache-Control of its own, or a time to keep errors (ErrorCachingMinTTL)?',
      run: async () => {
        const hop = wanted([404], await ask(number + 30));
        const expiresMs = Number(hop.headers['headwater-expires-ms']);
        const maxAge = Number(/max-age=(\d+)/.exec(hop.headers['cache-control'] ?? '')?.[1]);
        if (!(Date.now() + maxAge * 1000 <= expiresMs + hop.elapsedMs))
          throw new Unhealthy(
            `wanted max-age to end before Headwater-Expires-Ms, got ${maxAge} s and ${expiresMs}`,
          );
        return `max-age=${maxAge}`;
      },
    },
    {
      name: 'schedule: what never was is 404, what never came is 410',
      todo: 'Does the CDN put pages of its own in place of errors?',
      run: async () => {
        wanted([404], await ask(patient.initialSegment - 1));
        return timed(wanted([410], await ask(patient.initialSegment + 1)));
      },
    },
    {
      name: 'schedule: the next segment is held until it is published',
      todo: 'Does the CDN wait 6 s for the first byte of an origin? Does it keep a 404 for longer than max-age=0?',
      run: () => held(patient, ask, regions),
    },
  ];
}

/** Asks for the next segment before it is there, and publishes it when it is due. */
async function held(
  patient: Patient,
  ask: (number: number) => Promise<Hop>,
  regions: readonly string[],
): Promise<string> {
  const next = patient.liveEdge() + 2;
  const publishMs = patient.dueMs(next) - 200;
  await sleep(Math.max(0, patient.dueMs(next) - 1500 - Date.now()));
  const waiting = ask(next);
  // Told below; until then nobody waits for it.
  waiting.catch(() => undefined);
  await sleep(Math.max(0, publishMs - Date.now()));
  // One region that takes it is enough; those that do not have failed a check of their own.
  await Promise.allSettled(regions.map((region) => patient.put(region, 'a', next)));
  const publishedMs = performance.now();
  const hop = wanted([200], await waiting);
  const afterMs = Math.max(0, Math.round(performance.now() - publishedMs));
  return `held ${Math.round(hop.elapsedMs)} ms, answered ${afterMs} ms after publication`;
}

const FAILOVER_MS_MAX = 60_000;

async function failover({ patient, hops }: Visit, number: number): Promise<string> {
  await patient.mask('a', number);
  const startedMs = Date.now();
  for (;;) {
    const { headers } = wanted([200], await hops.ask(patient.cdnUrl(number)));
    if (headers['headwater-candidate']?.includes('pipeline="b"') === true)
      return `after ${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
    if (Date.now() - startedMs > FAILOVER_MS_MAX)
      throw new Unhealthy(
        `wanted pipeline b within ${FAILOVER_MS_MAX / 1000} s, got ${headers['headwater-candidate'] ?? ''}`,
      );
    await sleep(250);
  }
}

const REQUIRED: readonly (readonly [name: string, wanted: RegExp])[] = [
  ['etag', /^"/],
  ['repr-digest', /^sha-256=:/],
  ['cmsd-static', /ot=/],
  ['headwater-candidate', /pipeline="/],
  ['cache-control', /immutable|max-age=\d/],
  ['access-control-allow-origin', /^\*$/],
  ['timing-allow-origin', /^\*$/],
  ['content-type', /^video\/mp4$/],
  ['content-length', /^\d+$/],
];

function requireHeaders({ headers }: Hop): void {
  const wrong = REQUIRED.filter(([name, pattern]) => !pattern.test(headers[name] ?? ''));
  if (wrong.length > 0)
    throw new Unhealthy(
      wrong
        .map(([name, pattern]) => `${name}: wanted ${pattern.source}, got ${headers[name] ?? 'none'}`)
        .join('; '),
    );
}

/** @throws Unhealthy with the problem document's own words. */
function wanted(statuses: readonly number[], hop: Hop): Hop {
  if (statuses.includes(hop.status)) return hop;
  const said = hop.body.toString('utf8', 0, 300).trim();
  throw new Unhealthy(`wanted ${statuses.join(' or ')}, got ${hop.status} ${said}`);
}

/** Origins look at events once a second, and edges hear of new ones seconds later. */
const EVENTUALLY_MS_MAX = 15_000;

async function eventually(ask: () => Promise<Hop>, statuses: readonly number[]): Promise<Hop> {
  const endMs = Date.now() + EVENTUALLY_MS_MAX;
  for (;;) {
    const hop = await ask();
    if (statuses.includes(hop.status) || Date.now() > endMs) return wanted(statuses, hop);
    await sleep(250);
  }
}

function timed({ elapsedMs, status }: Hop): string {
  return `${status} in ${Math.round(elapsedMs)} ms`;
}
