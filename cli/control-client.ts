import type { EventKey } from '../origin/candidate';
import { CliError, EXIT } from './cli-error';
import { controlPlace, TOKEN_VARIABLE, type ControlOptions } from './control-place';

export interface ControlCall {
  /** The fault lab's calls are beside the control plane's, with the same token. */
  readonly plane?: 'control' | 'lab';
  /** The body, already JSON. */
  readonly json?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ControlAnswer {
  readonly status: number;
  readonly text: string;
  readonly etag: string | undefined;
}

/** A problem document (RFC 9457), as far as it is told to people. */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly faults?: readonly {
    readonly parameter: string;
    readonly wanted: string;
    readonly got: string;
  }[];
  readonly consequence?: unknown;
}

/** Explain and preview read every region; nothing takes longer. */
const ANSWER_MS_MAX = 30_000;
/** 500 events of 64 representations each have some 20 MB. */
const ANSWER_BYTES_MAX = 64 * 2 ** 20;

/**
 * Calls the control plane of a deployment.
 * @param path behind `/control/v1/`, or behind `/lab/v1/`
 * @throws CliError when it cannot be reached, or answers 300 and more.
 */
export async function callControl(
  options: ControlOptions,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  { plane = 'control', json, query = {}, headers = {} }: ControlCall = {},
): Promise<ControlAnswer> {
  const { url: base, token } = controlPlace(options);
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const url = `${base.href.replace(/\/$/, '')}/${plane}/v1/${path}`;
  // Loaded here, so that --help and mistakes answer at once.
  const { request } = await import('undici');
  const answer = await request(asked.length === 0 ? url : `${url}?${asked.join('&')}`, {
    method,
    headers: { ...headers, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(json !== undefined && { body: json }),
    ...{ headersTimeout: ANSWER_MS_MAX, bodyTimeout: ANSWER_MS_MAX },
  }).catch((error: unknown) => {
    throw unreachable(base, error);
  });
  const text = await bodyOf(answer.body, base);
  if (answer.statusCode >= 300) throw refusal(url, answer.statusCode, text);
  const { etag } = answer.headers;
  return { status: answer.statusCode, text, etag: typeof etag === 'string' ? etag : undefined };
}

/** Reads what a control plane answers as JSON. */
export async function askControl<Answer>(
  options: ControlOptions,
  path: string,
  query: NonNullable<ControlCall['query']> = {},
): Promise<Answer> {
  const { text } = await callControl(options, 'GET', path, { query });
  return JSON.parse(text) as Answer;
}

/** The path of an event's resource, for {@link callControl}. */
export function eventPath({ tenant, event }: EventKey, rest = ''): string {
  return `tenants/${tenant}/events/${event}${rest}`;
}

async function bodyOf(body: AsyncIterable<Uint8Array>, { origin }: URL): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of body) {
      length += piece.length;
      if (length > ANSWER_BYTES_MAX)
        throw new CliError(`${origin}: wanted at most ${ANSWER_BYTES_MAX} bytes, got more`);
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof CliError
      ? error
      : new CliError(`${origin} broke off: ${(error as Error).message}. Look whether it was done.`);
  }
  return Buffer.concat(pieces).toString();
}

function unreachable({ origin }: URL, error: unknown): CliError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const advice: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there. Is it running (`headwater start`)? --control names another.',
    ENOTFOUND: 'there is no such host. --control names another.',
    UND_ERR_CONNECT_TIMEOUT: 'no connection. Is the network between open?',
    UND_ERR_HEADERS_TIMEOUT: `no answer within ${ANSWER_MS_MAX / 1000} s. Look whether it was done before you try again.`,
  };
  return new CliError(`${origin}: ${advice[code] ?? (message === '' ? code : message)}`);
}

/** What a person can do about statuses whose problem document knows nothing of this command line. */
const ADVICE: Readonly<Record<number, string>> = {
  401: `Is ${TOKEN_VARIABLE}, or the file of --control-token-file, the token of this deployment?`,
  429: 'Wait a moment, then try again.',
  503: 'Look whether it was done, then try again in a moment.',
};

function refusal(url: string, status: number, text: string): CliError {
  const problem = problemOf(text);
  const { title = 'refused', detail = text.trim().slice(0, 500), faults = [], consequence } = problem;
  const lines = faults.map(({ parameter, wanted, got }) => `  ${parameter}: wanted ${wanted}, got ${got}`);
  // Of what is invalid the detail is the same faults in one line.
  const said = status === 400 && lines.length > 0 ? '' : ` ${detail}`;
  const hint = ADVICE[status] === undefined ? [] : [ADVICE[status]];
  const loses = consequence !== undefined;
  return new CliError(
    [
      `${title} (${status}).${loses ? said.replace(/ Send it again with force.*$/, '') : said}`,
      ...(loses ? ['  --force does it all the same.'] : lines),
      ...hint,
      ...(status === 404 && title === 'Unknown resource' ? [`  asked: ${url}`] : []),
    ].join('\n'),
    loses ? EXIT.loses : EXIT.failed,
  );
}

function problemOf(text: string): Problem {
  try {
    const read = JSON.parse(text) as unknown;
    return typeof read === 'object' && read !== null ? read : {};
  } catch {
    return {};
  }
}
