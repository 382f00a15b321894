import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEvent, EVENT } from './origin-load';
import { startHeadwater } from './servers';
import { median, percentile } from './stopwatch';
import { stamp, syntheticSegment } from './synthetic-segment';
import type { Row } from './table';

const EDGE_PORT = 38_180;
const REGION_PORT = 38_181;
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
  try {
    const authorization = await createEvent(headwater.url);
    const deployed = { edge: headwater.edge, region: headwater.url, authorization };
    return { held: await benchHeld(deployed), puts: await benchPuts(deployed) };
  } finally {
    headwater.stop();
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
    middle(rounds.map(({ held, hits }) => percentile(held, at) / percentile(hits, at)), 2);
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

/** PUTs of 500 kB, 20 a second, alone and while 2,000 clients ask for new segments as fast as they are answered. */
async function benchPuts(deployed: Deployed): Promise<Row[]> {
  const alone = await timedPuts(deployed, 0);
  const storm = { going: true, answers: 0 };
  const clients = runStorm(deployed, storm);
  const startedMs = now();
  const beside = await timedPuts(deployed, PUTS);
  const rate = (storm.answers * 1000) / (now() - startedMs);
  storm.going = false;
  await clients;
  const row = (what: string, times: readonly number[]) => ({
    what,
    'p50, ms': percentile(times, 50).toFixed(1),
    'p99, ms': percentile(times, 99).toFixed(1),
  });
  return [
    row('PUT of 500 kB, alone', alone),
    row(`PUT of 500 kB, beside ${rate.toFixed(0)} GET/s of ${STORM_CLIENTS} clients on the edge`, beside),
    {
      what: 'beside / alone',
      'p50, ms': (percentile(beside, 50) / percentile(alone, 50)).toFixed(2),
      'p99, ms': (percentile(beside, 99) / percentile(alone, 99)).toFixed(2),
    },
  ];
}

/** @param offset of the numbers, which lie in the DVR window: no two runs write the same */
async function timedPuts({ region, authorization }: Deployed, offset: number): Promise<number[]> {
  const first = Math.floor(Date.now() / SEGMENT_MS) - 10_000 + offset;
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

/** Cold for each new segment: one is published every second, and all want it at once. */
async function runStorm(
  { edge, region, authorization }: Deployed,
  storm: { going: boolean; answers: number },
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: STORM_CLIENTS });
  let number = Math.floor(Date.now() / SEGMENT_MS) - 5000;
  while (storm.going) {
    const path = `${EVENT}/${HELD.representation}/${number}.m4s`;
    await put(region + path, authorization, Buffer.from(stamp(syntheticSegment(HELD.size), number)));
    await Promise.all(
      Array.from({ length: STORM_CLIENTS }, async () => {
        await fetched(edge + path, agent);
        storm.answers += 1;
      }),
    );
    number += 1;
  }
  agent.destroy();
}

interface Fetched {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** @throws when the answer is not 200: a fast error is no result. */
function fetched(url: string, agent: Agent): Promise<Fetched> {
  const startedMs = now();
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ startedMs, endedMs: now() });
        else reject(new Error(`${url}: wanted 200, got ${response.statusCode ?? 'nothing'}`));
      });
    }).on('error', reject);
  });
}

/** @returns when the origin says that it was published, and how long the PUT took. */
function put(
  url: string,
  authorization: string,
  bytes: Buffer,
): Promise<{ publishedAtMs: number; tookMs: number }> {
  const startedMs = now();
  return new Promise((resolve, reject) => {
    const headers = { Authorization: authorization, 'Content-Length': bytes.length };
    const sent = request(url, { method: 'PUT', headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const tookMs = now() - startedMs;
        const text = Buffer.concat(parts).toString();
        if (response.statusCode !== 201) {
          reject(new Error(`${url}: wanted 201, got ${response.statusCode ?? 'nothing'} ${text}`));
          return;
        }
        resolve({ tookMs, publishedAtMs: (JSON.parse(text) as { publishedAtMs: number }).publishedAtMs });
      });
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}

/** Epoch milliseconds, with fractions. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

function until(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - now())));
}

function middle(values: readonly number[], digits = 0): string {
  return median(values).toFixed(digits);
}

if (require.main === module) void benchStorm().then((tables) => console.log(tables));
