import { DEMO_REPRESENTATIONS, loadDemoAsset } from '../../demo/asset';
import type { EventKey } from '../../origin/candidate';
import { callControl } from '../control-client';
import type { ControlOptions } from '../control-place';
import type { Hop, Hops } from './hop';

const REPRESENTATION = 'v360';
const DURATION_MS = 2000;
const DELAY_MS = 500;
const RETRY_DEADLINE_MS = 2000;
/** Numbers before the live edge that the event already has: room for a segment that never came. */
const BACK = 20;

/** Where a deployment is reached from outside. */
export interface Places {
  readonly control: ControlOptions;
  /** Of each region, by its name: base URLs without `/live`. */
  readonly publish: ReadonlyMap<string, URL>;
  /** What viewers use. */
  readonly cdn: URL;
}

/** The event that a visit makes, publishes to, and deletes: one representation, two pipelines, 2 s segments. */
export class Patient {
  readonly key: EventKey;
  readonly pipelines = ['a', 'b'] as const;
  readonly initialSegment: number;
  readonly #places: Places;
  readonly #hops: Hops;
  readonly #asset = loadDemoAsset();
  readonly #secrets = new Map<string, string>();

  constructor(key: EventKey, places: Places, hops: Hops) {
    this.key = key;
    this.#places = places;
    this.#hops = hops;
    this.initialSegment = this.liveEdge() - BACK;
  }

  /** The newest segment that is due. */
  liveEdge(): number {
    return Math.floor((Date.now() - DELAY_MS) / DURATION_MS) - 1;
  }

  dueMs(number: number): number {
    return (number + 1) * DURATION_MS + DELAY_MS;
  }

  /** @throws CliError when the control plane refuses. */
  async create(): Promise<void> {
    const configuration = {
      segmentTemplate: {
        ...{ timescale: 1000, duration: DURATION_MS, startNumber: 0 },
        initialization: '$RepresentationID$/init.mp4',
        media: '$RepresentationID$/$Number$.m4s',
      },
      initialSegmentNumber: this.initialSegment,
      timeShiftBufferDepthSeconds: 120,
      publish: { delayMs: DELAY_MS, retryDeadlineMs: RETRY_DEADLINE_MS, holdMs: 3000 },
      pipelines: this.pipelines,
      representations: DEMO_REPRESENTATIONS.map((track) => track.configuration).filter(
        ({ id }) => id === REPRESENTATION,
      ),
    };
    await this.#call('PUT', '', configuration);
    for (const pipeline of this.pipelines) {
      const { text } = await this.#call('PUT', `/pipelines/${pipeline}/credential`, {});
      this.#secrets.set(pipeline, (JSON.parse(text) as { secret: string }).secret);
    }
  }

  /** Excludes a pipeline from one segment. */
  async mask(pipeline: string, number: number): Promise<void> {
    const range = { fromSegment: number, toSegment: number };
    await this.#call('POST', '/masks', { pipeline, ...range, reason: 'headwater doctor' });
  }

  async delete(): Promise<void> {
    await this.#call('DELETE', '');
  }

  bytes(number: number): Uint8Array {
    return this.#asset.segment(REPRESENTATION, number);
  }

  pathOf(number: number): string {
    return `/live/${this.key.tenant}/${this.key.event}/${REPRESENTATION}/${number}.m4s`;
  }

  /** A segment as viewers ask for it. */
  cdnUrl(number: number): URL {
    return new URL(this.pathOf(number), this.#places.cdn);
  }

  /** The origin's clock, which no cache may keep. */
  timeUrl(): URL {
    return new URL('/live/time', this.#places.cdn);
  }

  publishUrl(region: string, number: number): URL {
    return new URL(this.pathOf(number), this.#places.publish.get(region));
  }

  put(region: string, pipeline: string, number: number, chunked = false): Promise<Hop> {
    return this.#put(this.publishUrl(region, number), pipeline, this.bytes(number), chunked);
  }

  putInit(region: string, pipeline: string): Promise<Hop> {
    const path = `/live/${this.key.tenant}/${this.key.event}/${REPRESENTATION}/init.mp4`;
    const url = new URL(path, this.#places.publish.get(region));
    return this.#put(url, pipeline, this.#asset.init(REPRESENTATION), false);
  }

  #put(url: URL, pipeline: string, body: Uint8Array, chunked: boolean): Promise<Hop> {
    const secret = this.#secrets.get(pipeline) ?? '';
    const authorization = `Basic ${Buffer.from(`${pipeline}:${secret}`).toString('base64')}`;
    return this.#hops.ask(url, { method: 'PUT', headers: { authorization }, body, chunked });
  }

  #call(method: 'PUT' | 'POST' | 'DELETE', call: string, body?: unknown) {
    const path = `tenants/${this.key.tenant}/events/${this.key.event}${call}`;
    return callControl(
      this.#places.control,
      method,
      path,
      body === undefined ? {} : { json: JSON.stringify(body) },
    );
  }
}
