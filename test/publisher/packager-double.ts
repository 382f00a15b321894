import { Agent, request } from 'undici';
import { startPublisher, type Publisher, type PublisherEvent, type PublisherOptions } from '../../publisher';
import { fixture } from '../support/media';
import type { RegionDouble } from './region-double';

export const EVENT = '/live/demo/loop';
export const SECRET = 's3cret-of-pipeline-a';
export const VIDEO = fixture('avc-25');
export const INIT = `${EVENT}/v180/init.mp4`;

export interface Started {
  readonly publisher: Publisher;
  readonly events: PublisherEvent[];
  readonly log: string[];
  /** PUTs as a packager does, chunked; resolves with the status. */
  readonly put: (path: string, body: Uint8Array) => Promise<number>;
  /** PUTs the init. */
  readonly init: () => Promise<number>;
  /** PUTs segment `number`; its bytes differ from those of every other number. */
  readonly segment: (number: number) => Promise<number>;
}

export function pathOf(number: number): string {
  return `${EVENT}/v180/${number}.m4s`;
}

/** Real bytes of an encoder, made unlike each other by a free box at their end. */
export function bytesOf(number: number): Buffer {
  const { segments } = VIDEO;
  const free = Buffer.alloc(16);
  free.writeUInt32BE(16, 0);
  free.write('free', 4, 'latin1');
  free.writeBigUInt64BE(BigInt(number), 8);
  return Buffer.concat([segments[number % segments.length]!.bytes, free]);
}

const running: { stop(): Promise<void> }[] = [];

export async function started(
  options: Pick<PublisherOptions, 'to'> & Partial<PublisherOptions>,
): Promise<Started> {
  const events: PublisherEvent[] = [];
  const log: string[] = [];
  const publisher = await startPublisher({
    port: 0,
    credential: { pipeline: 'a', secret: SECRET },
    drainMs: 0,
    onEvent: (event) => events.push(event),
    writeLog: (line) => log.push(line),
    ...options,
  });
  const agent = new Agent();
  running.push(publisher, { stop: () => agent.close() });
  const put = async (path: string, body: Uint8Array) => {
    const chunked = (async function* () {
      yield body.subarray(0, body.length / 2);
      yield body.subarray(body.length / 2);
    })();
    const answer = await request(publisher.url + path, {
      method: 'PUT',
      body: chunked as never,
      dispatcher: agent,
    });
    await answer.body.dump();
    return answer.statusCode;
  };
  const init = () => put(INIT, VIDEO.initBytes);
  return { publisher, events, log, put, init, segment: (number) => put(pathOf(number), bytesOf(number)) };
}

afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});

/** Every segment of `numbers` is in the region, byte for byte. */
export function expectStored(region: RegionDouble, numbers: readonly number[]): void {
  for (const number of numbers)
    expect([number, region.stored.get(pathOf(number))?.equals(bytesOf(number))]).toEqual([number, true]);
}

export function countsOf({ publisher }: Started, region: RegionDouble) {
  const tracks = publisher.stats().tracks.map(({ regions }) => regions[region.url.host]);
  const sum = (kind: 'ok' | 'late' | 'refused' | 'lost') =>
    tracks.reduce((all, counts) => all + (counts?.[kind] ?? 0), 0);
  return { ok: sum('ok'), late: sum('late'), refused: sum('refused'), lost: sum('lost') };
}

/** The publisher knows it too, in time or caught up. */
export function initIsIn({ events }: Started, { url }: RegionDouble): boolean {
  return events.some(
    (event) =>
      event.kind === 'outcome' &&
      event.region === url.host &&
      event.head.kind === 'init' &&
      ['ok', 'late'].includes(event.outcome.kind),
  );
}

export const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);
