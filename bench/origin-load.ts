import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDemoAsset } from '../demo/asset';
import { startNginx } from './nginx';
import { CONTROL_TOKEN, startHeadwater } from './servers';
import { stamp, syntheticSegment, TIMESCALE } from './synthetic-segment';
import type { Row } from './table';
import { wrk } from './wrk';

const SIZES = [
  ['50 kB', 50_000],
  ['500 kB', 500_000],
  ['4 MB', 4_000_000],
] as const;
const CONNECTIONS = [1, 16];
const SECONDS = 3;
/** Numbers that each GET run reads in turn. */
const READ_NUMBERS = 20;
export const EVENT = '/live/bench/load';
const EDGE_PORT = 28_080;
const REGION_PORT = 28_081;
const NGINX_PORT = 28_090;

/**
 * PUT and GET of whole segments against the embedded run and nginx with dav_methods, in turn, in the same minutes:
 * only the ratio is worth quoting.
 */
export async function benchOrigin(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'headwater-bench-'));
  const headwater = await startHeadwater(join(directory, 'headwater'), EDGE_PORT, REGION_PORT);
  const nginx = await startNginx(join(directory, 'nginx'), NGINX_PORT);
  try {
    const authorization = await createEvent(headwater.url);
    const rows: Row[] = [];
    for (const [name, size] of SIZES)
      for (const connections of CONNECTIONS) {
        const load = new Load(directory, size, connections, authorization);
        const put = await load.compare('PUT', headwater.url, nginx.url);
        const get = await load.compare('GET', headwater.url, nginx.url);
        const edge = await load.compare('GET', headwater.edge, nginx.url);
        rows.push(put.row(name, 'PUT'), get.row(name, 'GET, region'), edge.row(name, 'GET, edge'));
        console.error(rows.slice(-3));
      }
    return rows;
  } finally {
    await headwater.stop();
    await nginx.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

export class Load {
  readonly #environment: Record<string, string>;
  readonly #connections: number;
  readonly #edge = Math.floor(Date.now() / 2000) - 3;
  /** PUTs go far back in the DVR window and never write a number twice; reads are of the live edge. */
  #next: number;

  constructor(directory: string, size: number, connections: number, authorization: string) {
    const segment = syntheticSegment(size);
    const file = join(directory, `${size}.m4s`);
    writeFileSync(file, stamp(segment, this.#edge));
    this.#connections = connections;
    this.#next = this.#edge - 400_000 + Math.floor(Math.random() * 100_000);
    this.#environment = {
      BENCH_SEGMENT: file,
      BENCH_TFDT_AT: `${segment.tfdtAt}`,
      BENCH_TICKS: `${2 * TIMESCALE}`,
      BENCH_AUTHORIZATION: authorization,
      BENCH_PREFIX: `${EVENT}/v-${size}-${connections}/`,
      BENCH_SUFFIX: '.m4s',
      BENCH_COUNT: `${READ_NUMBERS}`,
    };
  }

  async compare(method: 'PUT' | 'GET', headwater: string, nginx: string) {
    if (method === 'GET') for (const url of [headwater, nginx]) await this.publishNewest(url);
    const own = await this.run(method, headwater);
    const peer = await this.run(method, nginx);
    return {
      row: (size: string, what: string): Row => ({
        size,
        what,
        connections: `${this.#connections}`,
        'Headwater, 1/s': own.requestsPerSecond.toFixed(0),
        'p99, ms': own.p99Ms.toFixed(1),
        'nginx, 1/s': peer.requestsPerSecond.toFixed(0),
        'nginx p99, ms': peer.p99Ms.toFixed(1),
        ratio: (own.requestsPerSecond / peer.requestsPerSecond).toFixed(2),
      }),
    };
  }

  run(method: 'PUT' | 'GET', url: string) {
    const from = method === 'PUT' ? this.#next : this.#edge - READ_NUMBERS;
    if (method === 'PUT') this.#next += 40_000;
    return wrk({
      url,
      script: method === 'PUT' ? 'put.lua' : 'get.lua',
      connections: this.#connections,
      seconds: SECONDS,
      environment: { ...this.#environment, BENCH_FROM: `${from}` },
    });
  }

  async publishNewest(url: string): Promise<void> {
    // What the region has the edge has.
    if (url.endsWith(`:${EDGE_PORT}`)) return;
    const size = Number(/(\d+)\.m4s$/.exec(this.#environment['BENCH_SEGMENT'] ?? '')?.[1]);
    const segment = syntheticSegment(size);
    for (let number = this.#edge - READ_NUMBERS; number <= this.#edge; number += 1) {
      const path = `${this.#environment['BENCH_PREFIX'] ?? ''}${number}.m4s`;
      const answer = await fetch(url + path, {
        method: 'PUT',
        headers: { Authorization: this.#environment['BENCH_AUTHORIZATION'] ?? '' },
        body: new Uint8Array(stamp(segment, number)),
      });
      if (!answer.ok) throw new Error(`${answer.status} for ${url}${path}: ${await answer.text()}`);
    }
  }
}

/** One representation for each size and number of connections, so that no run meets another's numbers. */
export async function createEvent(url: string): Promise<string> {
  const representations = SIZES.flatMap(([, size]) =>
    CONNECTIONS.map((connections) => ({
      id: `v-${size}-${connections}`,
      contentType: 'video',
      frameRate: '25',
    })),
  );
  const configuration = {
    segmentTemplate: {
      ...{ timescale: 1000, duration: 2000, startNumber: 0 },
      ...{ initialization: '$RepresentationID$/init.mp4', media: '$RepresentationID$/$Number$.m4s' },
    },
    initialSegmentNumber: 1,
    timeShiftBufferDepthSeconds: 14 * 86_400,
    pipelines: ['a'],
    representations,
  };
  const control = `${url}/control/v1/tenants/bench/events/load`;
  await call('PUT', control, configuration);
  const { secret } = (await call('PUT', `${control}/pipelines/a/credential`, {})) as { secret: string };
  const init = loadDemoAsset().init('v360');
  for (const { id } of representations)
    await fetch(`${url}${EVENT}/${id}/init.mp4`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${secret}` },
      body: new Uint8Array(init),
    });
  return `Bearer ${secret}`;
}

async function call(method: string, url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    headers: { Authorization: `Bearer ${CONTROL_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status} for ${method} ${url}: ${await answer.text()}`);
  return answer.json();
}
