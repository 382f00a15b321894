import { mkdtempSync, rmSync } from 'node:fs';
import { fork } from 'node:child_process';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetched, now, put, until } from './clients';
import { createEvent, EVENT } from './origin-load';
import { startEdge, startHeadwater } from './servers';
import type { StormParameters } from './storm-clients';
import { median, percentile } from './stopwatch';
import { stamp, syntheticSegment } from './synthetic-segment';
import type { Row } from './table';

const EDGE_PORT = 38_180;
const REGION_PORT = 38_181;
const APART_PORT = 38_182;
const CLIENTS = 1000;
const ROUNDS = 7;
const SEGMENT_MS = 2000;
/** Of createEvent: 50 kB for what is held, 500 kB for PUTs beside a storm. */
const HELD = { representation: 'v-50000-1', size: 50_000 };
const PUT = { representation: 'v-500000-1', size: 500_000 };
const PUTS = 200;
const STORM_CLIENTS = 2000;

interface Deployed {
  readonly edge: string;
  readonly region: string;
  readonly authorization: string;
}

/** Two tables: held clients against warm hits, and PUTs with and without a storm beside them. */
export async function benchStorm(): Promise<{ readonly held: Row[]; readonly puts: Row[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'headwater-storm-'));
  const headwater = await startHeadwater(join(directory, 'headwater'), EDGE_PORT, REGION_PORT);
  const edge = await startEdge(headwater.url, APART_PORT);
  try {
    const authorization = await createEvent(headwater.url);
    const deployed = { edge: headwater.edge, region: headwater.url, authorization };
    return {
      held: await benchHeld(deployed),
      puts: await benchPuts([
        ['in the same process', deployed],
        ['in its own process', { ...deployed, edge: edge.url }],
      ]),
    };
  } finally {
    await edge.stop();
    await headwater.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/**
 * 1,000 clients on 1,000 connections ask the edge for the next segment 1.0 to 0.1 s before its publication. How long after
 * it has each its last byte, against 1,000 simultaneous hits of the same bytes on the same connections?
 */
async function benchHeld(deployed: Deployed): Promise<Row[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const rounds: { held: number[]; hits: number[] }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const measured = await heldRound(deployed, agent);
    // The first one opens the connections.
    if (round > 0) rounds.push(measured);
  }
  agent.destroy();
  const row = (what: string, of: (round: (typeof rounds)[number]) => readonly number[]) => ({
    what,
    'p50, ms': middle(rounds.map((round) => percentile(of(round), 50))),
    'p99, ms': middle(rounds.map((round) => percentile(of(round), 99))),
  });
  const share = (at: number) =>
    middle(
      rounds.map(({ held, hits }) => percentile(held, at) / percentile(hits, at)),
      2,
    );
  return [
    row('held: last byte after publication', ({ held }) => held),
    row('warm hits: last byte after the request', ({ hits }) => hits),
    { what: 'held / warm', 'p50, ms': share(50), 'p99, ms': share(99) },
  ];
}

async function heldRound(
  { edge, region, authorization }: Deployed,
  agent: Agent,
): Promise<{ held: number[]; hits: number[] }> {
  // Its predecessor becomes due half a second after the boundary; from then on it is open.
  const next = Math.floor(Date.now() / SEGMENT_MS) + 1;
  const publishMs = next * SEGMENT_MS + 500 + 1100;
  const path = `${EVENT}/${HELD.representation}/${next}.m4s`;
  const bytes = Buffer.from(stamp(syntheticSegment(HELD.size), next));
  const ends = Array.from({ length: CLIENTS }, async (_, client) => {
    await until(publishMs - 1000 + (client * 900) / CLIENTS);
    return fetched(edge + path, agent);
  });
  await until(publishMs);
  const publishedMs = await put(region + path, authorization, bytes);
  const held = (await Promise.all(ends)).map((end) => end.endedMs - publishedMs.publishedAtMs);
  const hits = await Promise.all(Array.from({ length: CLIENTS }, () => fetched(edge + path, agent)));
  return { held, hits: hits.map(({ startedMs, endedMs }) => endedMs - startedMs) };
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

function middle(values: readonly number[], digits = 0): string {
  return median(values).toFixed(digits);
}

if (require.main === module) void benchStorm().then((tables) => console.log(tables));
