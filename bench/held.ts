import { clientsOf, put, until, type Client } from './clients';
import { EVENT } from './origin-load';
import { median, percentile } from './stopwatch';
import { stamp, syntheticSegment } from './synthetic-segment';
import type { Row } from './table';

export const SEGMENT_MS = 2000;
const CLIENTS = 1000;
/** Of createEvent. */
export const HELD = { representation: 'v-50000-1', size: 50_000 };

export interface Deployed {
  readonly edge: string;
  readonly region: string;
  readonly authorization: string;
}

/** Milliseconds, one for each client. */
interface HeldRound {
  /** From publication to the last byte. */
  readonly held: readonly number[];
  /** From the request to the last byte, of as many simultaneous hits. */
  readonly hits: readonly number[];
}

const ROUNDS = 7;

/** A row for each edge; their rounds take turns, so that what else the machine does meets all of them. */
export async function benchHeld(edges: readonly (readonly [string, Deployed])[]): Promise<Row[]> {
  const measured = edges.map(([name, deployed]) => ({
    ...{ name, deployed, rounds: [] as HeldRound[] },
    clients: clientsOf(deployed.edge, CLIENTS),
  }));
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const { deployed, clients, rounds } of measured) {
      const one = await heldRound(deployed, clients);
      // The first one opens the connections.
      if (round > 0) rounds.push(one);
    }
  for (const { clients } of measured) for (const client of clients) client.close();
  return measured.map(({ name, rounds }) => row(name, rounds));
}

function row(edge: string, rounds: readonly HeldRound[]): Row {
  const middle = (of: (round: HeldRound) => number, digits: number) => median(rounds.map(of)).toFixed(digits);
  return {
    edge,
    'held p50, ms': middle(({ held }) => percentile(held, 50), 0),
    'held p99, ms': middle(({ held }) => percentile(held, 99), 0),
    'warm p50, ms': middle(({ hits }) => percentile(hits, 50), 0),
    'warm p99, ms': middle(({ hits }) => percentile(hits, 99), 0),
    'held / warm p50': middle(({ held, hits }) => percentile(held, 50) / percentile(hits, 50), 2),
    'held / warm p99': middle(({ held, hits }) => percentile(held, 99) / percentile(hits, 99), 2),
  };
}

/** 1,000 clients on 1,000 connections ask for the next segment 1.0 to 0.1 s before its publication, and then all at once for the same. */
async function heldRound(
  { region, authorization }: Deployed,
  clients: readonly Client[],
): Promise<HeldRound> {
  // Its predecessor becomes due half a second after the boundary; from then on it is open.
  const next = Math.floor(Date.now() / SEGMENT_MS) + 1;
  const publishMs = next * SEGMENT_MS + 500 + 1100;
  const path = `${EVENT}/${HELD.representation}/${next}.m4s`;
  const bytes = Buffer.from(stamp(syntheticSegment(HELD.size), next));
  const ends = clients.map(async (client, index) => {
    await until(publishMs - 1000 + (index * 900) / CLIENTS);
    return client.get(path);
  });
  await until(publishMs);
  const published = await put(region + path, authorization, bytes);
  const held = (await Promise.all(ends)).map((end) => end.endedMs - published.publishedAtMs);
  const hits = await Promise.all(clients.map((client) => client.get(path)));
  return { held, hits: hits.map(({ startedMs, endedMs }) => endedMs - startedMs) };
}
