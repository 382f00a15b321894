import { request } from 'undici';
import { cutFrames } from '../../demo/damage';
import { restamp } from '../../demo/restamp';
import { DEMO_CONFIGURATION } from '../../demo/event';
import { loadDemoAsset } from '../../demo/asset';

/** Where a running Headwater is reached; the suites know no more of it than this. */
export interface Deployment {
  /** Two or more. Each takes PUTs, serves GETs and has a control plane. */
  readonly regions: readonly DeployedRegion[];
  /** Operator's Bearer token, for every tenant. */
  readonly token: string;
}

export interface DeployedRegion {
  readonly name: string;
  readonly publishUrl: string;
  readonly serveUrl: string;
  readonly controlUrl: string;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type Headers = Readonly<Record<string, string>>;

/** One request, its answer read whole. */
export async function send(
  method: string,
  url: string,
  headers: Headers = {},
  body?: Uint8Array | string,
): Promise<Answer> {
  const response = await request(url, { method, headers, body: body ?? null });
  const bytes = Buffer.from(await response.body.arrayBuffer());
  const flat = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
  return { status: response.statusCode, headers: Object.fromEntries(flat), body: bytes };
}

export function get(url: string, headers: Headers = {}): Promise<Answer> {
  return send('GET', url, headers);
}

export function jsonOf(answer: Answer): Record<string, unknown> {
  return JSON.parse(answer.body.toString()) as Record<string, unknown>;
}

export const asset = loadDemoAsset();

/** Media of segment `number` of the demo's loop, whose numbers count 2 s from the epoch. */
export function media(number: number, representation = 'v360'): Uint8Array {
  return asset.segment(representation, number);
}

/** The same with five frames missing: other bytes, and a defect. */
export function cut(number: number, representation = 'v360'): Uint8Array {
  return cutFrames(media(number, representation), 5);
}

/** As good, and of other bytes: what another packager makes of the same media. */
export function other(number: number): Uint8Array {
  return restamp(media(number), { sequenceNumber: 7, baseMediaDecodeTime: BigInt(number) * 25_600n });
}

/** A segment with a `free` box (ISO/IEC 14496-12, 8.1.2) at its end that makes it `size` bytes. */
export function padded(segment: Uint8Array, size: number): Uint8Array {
  const free = new Uint8Array(size - segment.byteLength);
  for (let at = 8; at < free.length; at += 1) free[at] = (at * 31) & 255;
  const view = new DataView(free.buffer);
  view.setUint32(0, free.length);
  view.setUint32(4, 0x66726565);
  return Buffer.concat([segment, free]);
}

/** The newest number whose media has ended: the demo's schedule without a delay. */
export function newest(): number {
  return Math.floor(Date.now() / 2000) - 1;
}

let made = 0;

/** One event made for one test: its paths, its pipelines' credentials, and what tests do with them. */
export class TestEvent {
  readonly deployment: Deployment;
  readonly tenant: string;
  readonly name: string;
  /** As it was configured; 0 before. */
  initialSegment = 0;
  readonly #secrets = new Map<string, string>();

  /** @param name a new one unless given */
  constructor(deployment: Deployment, tenant = 'acceptance', name?: string) {
    this.deployment = deployment;
    this.tenant = tenant;
    this.name = name ?? `e${process.pid}-${Date.now().toString(36)}-${++made}`;
  }

  get path(): string {
    return `/live/${this.tenant}/${this.name}`;
  }

  region(index = 0): DeployedRegion {
    const region = this.deployment.regions[index];
    if (region === undefined) throw new RangeError(`index: wanted a region of the deployment, got ${index}`);
    return region;
  }

  control(method: string, call: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
    const url = `${this.region().controlUrl}/control/v1/tenants/${this.tenant}/events/${this.name}${call}`;
    const text = body === undefined ? undefined : JSON.stringify(body);
    return send(method, url, { authorization: `Bearer ${this.deployment.token}`, ...headers }, text);
  }

  /** PUTs the configuration and waits until every region answers by it: they look once a second. */
  async configure(configuration: Readonly<Record<string, unknown>>): Promise<Answer> {
    const answer = await this.control('PUT', '', { ...DEMO_CONFIGURATION, ...configuration });
    if (answer.status >= 300) return answer;
    this.initialSegment = Number(configuration['initialSegmentNumber']);
    const version = answer.headers['headwater-version'] ?? String(jsonOf(answer)['version']);
    for (const { serveUrl } of this.deployment.regions)
      await until(
        async () => (await get(`${serveUrl}${this.path}/0`)).headers['headwater-version'] === version,
      );
    return answer;
  }

  async secretOf(pipeline: string): Promise<string> {
    const known = this.#secrets.get(pipeline);
    if (known !== undefined) return known;
    const answer = await this.control('PUT', `/pipelines/${pipeline}/credential`, {});
    if (answer.status !== 200)
      throw new Error(`credential: wanted 200, got ${answer.status} ${String(answer.body)}`);
    const secret = String(jsonOf(answer)['secret']);
    this.#secrets.set(pipeline, secret);
    return secret;
  }

  async basic(pipeline: string): Promise<string> {
    const secret = await this.secretOf(pipeline);
    return `Basic ${Buffer.from(`${pipeline}:${secret}`).toString('base64')}`;
  }

  /** PUTs as a pipeline into one region. */
  async put(
    pipeline: string,
    path: string,
    body: Uint8Array | string,
    options: PutOptions = {},
  ): Promise<Answer> {
    const headers = { authorization: await this.basic(pipeline), ...options.headers };
    const url = `${this.region(options.region).publishUrl}${this.path}/${path}`;
    return send(options.method ?? 'PUT', url, headers, body);
  }

  async putInits(pipeline = 'a', options: PutOptions = {}): Promise<void> {
    for (const { id } of DEMO_CONFIGURATION.representations) {
      const answer = await this.put(pipeline, `${id}/init.mp4`, asset.init(id), options);
      if (answer.status > 201)
        throw new Error(`init: wanted 200 or 201, got ${answer.status} ${String(answer.body)}`);
    }
  }

  async putMedia(
    pipeline: string,
    number: number,
    bytes = media(number),
    options: PutOptions = {},
  ): Promise<Answer> {
    return this.put(pipeline, `v360/${number}.m4s`, bytes, options);
  }

  get(path: string, headers: Headers = {}, region = 0): Promise<Answer> {
    return get(`${this.region(region).serveUrl}${this.path}/${path}`, headers);
  }

  getMedia(number: number, headers: Headers = {}, region = 0): Promise<Answer> {
    return this.get(`v360/${number}.m4s`, headers, region);
  }
}

export interface PutOptions {
  readonly region?: number;
  readonly headers?: Headers;
  readonly method?: string;
}

/**
 * A schedule in which every answer of the table stays true while a test runs, however slow the machine: nothing past is
 * held, and what is due may come for ten minutes.
 */
export const PATIENT = {
  publish: { delayMs: 0, holdMs: 0, retryDeadlineMs: 600_000 },
  timeShiftBufferDepthSeconds: 600,
} as const;

/** As above, but what is due and not there is given up at once. */
export const STRICT = { ...PATIENT, publish: { delayMs: 0, holdMs: 0, retryDeadlineMs: 0 } } as const;

/** An event with its inits published, whose window reaches `back` numbers into the past. */
export async function makeEvent(
  deployment: Deployment,
  configuration: Readonly<Record<string, unknown>> = PATIENT,
  back = 100,
): Promise<TestEvent> {
  const event = new TestEvent(deployment);
  const answer = await event.configure({ initialSegmentNumber: newest() - back, ...configuration });
  if (answer.status !== 201)
    throw new Error(`configure: wanted 201, got ${answer.status} ${String(answer.body)}`);
  await event.putInits();
  // Each origin looks for new inits once a second; manifests list what has one.
  for (const [index] of deployment.regions.entries())
    await until(async () => (await event.get('v360/init.mp4', {}, index)).status === 200);
  return event;
}

/** Asks until it is so, for 30 s at most: a slow machine is no failure. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error('wanted it to become true within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
