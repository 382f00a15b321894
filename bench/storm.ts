import { mkdtempSync, rmSync } from 'node:fs';
import { fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { now, put, until } from './clients';
import { HELD, SEGMENT_MS, type Deployed } from './held';
import { createEvent, EVENT } from './origin-load';
import { startEdge, startHeadwater } from './servers';
import type { StormParameters } from './storm-clients';
import { percentile } from './stopwatch';
import { stamp, syntheticSegment } from './synthetic-segment';
import type { Row } from './table';

const EDGE_PORT = 28_180;
const REGION_PORT = 28_181;
const APART_PORT = 28_182;
/** Of createEvent. */
const PUT = { representation: 'v-500000-1', size: 500_000 };
const PUTS = 200;
const STORM_CLIENTS = 2000;

/** PUTs with and without a storm beside them. */
export async function benchStorm(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'headwater-storm-'));
  const headwater = await startHeadwater(join(directory, 'headwater'), EDGE_PORT, REGION_PORT);
  const edge = await startEdge(headwater.url, APART_PORT);
  try {
    const authorization = await createEvent(headwater.url);
    const deployed = { edge: headwater.edge, region: headwater.url, authorization };
    return await benchPuts([
      ['in the same process', deployed],
      ['in its own process', { ...deployed, edge: edge.url }],
    ]);
  } finally {
    await edge.stop();
    await headwater.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** PUTs of 500 kB, 20 a second, alone and while 2,000 clients ask an edge for new segments as fast as it answers. */
async function benchPuts(edges: readonly (readonly [string, Deployed])[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [at, [where, deployed]] of edges.entries()) {
    const alone = await timedPuts(deployed, 2 * at * PUTS);
    const storm = startStorm(deployed, Math.floor(Date.now() / SEGMENT_MS) - 5000 - 1000 * at);
    const startedMs = now();
    const beside = await timedPuts(deployed, (2 * at + 1) * PUTS);
    const rate = ((await storm.stop()) * 1000) / (now() - startedMs);
    rows.push({
      'edge and clients': `${where}, ${STORM_CLIENTS} clients, ${rate.toFixed(0)} GET/s`,
      'PUT alone p50, ms': percentile(alone, 50).toFixed(1),
      'p99, ms': percentile(alone, 99).toFixed(1),
      'PUT in the storm p50, ms': percentile(beside, 50).toFixed(1),
      'storm p99, ms': percentile(beside, 99).toFixed(1),
      'p99 ratio': (percentile(beside, 99) / percentile(alone, 99)).toFixed(2),
    });
  }
  return rows;
}

/** 2,000 clients in a process of their own: what they take of the event loop must not be counted as the origin's. */
function startStorm({ edge, region, authorization }: Deployed, firstNumber: number) {
  const parameters: StormParameters = {
    ...{ edge, region, authorization, clients: STORM_CLIENTS },
    ...{ prefix: `${EVENT}/${HELD.representation}/`, size: HELD.size, firstNumber },
  };
  const child = fork(join(__dirname, 'storm-clients.ts'), [JSON.stringify(parameters)], {
    execArgv: ['--import', 'tsx'],
  });
  return {
    /** @returns how many answers there were. */
    async stop(): Promise<number> {
      const answers = new Promise<number>((resolve) =>
        child.once('message', (count) => resolve(Number(count))),
      );
      child.send('stop');
      return answers;
    },
  };
}

/** @param offset of the numbers, which lie in the DVR window: no two runs write the same */
async function timedPuts({ region, authorization }: Deployed, offset: number): Promise<number[]> {
  const first = Math.floor(Date.now() / SEGMENT_MS) - 20_000 + offset;
  const segment = syntheticSegment(PUT.size);
  const times: number[] = [];
  for (let index = 0; index < PUTS; index += 1) {
    const nextMs = now() + 50;
    const path = `${EVENT}/${PUT.representation}/${first + index}.m4s`;
    times.push((await put(region + path, authorization, Buffer.from(stamp(segment, first + index)))).tookMs);
    await until(nextMs);
  }
  return times;
}

if (require.main === module) void benchStorm().then((tables) => console.log(tables));
