import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { guard } from '../../edge/guard/guard';
import { Edge } from '../../edge/node/edge';
import type { HttpResponse } from '../../http/message';
import { edgeConfigurationOf } from '../../origin/events/edge-configuration';
import type { LiveEvent } from '../../origin/events/live-event';
import { cancelSource } from '../../origin/ports/cancel';
import { dueMs, opensAtMs, windowStart } from '../../origin/schedule/schedule';
import { deploy, eventOf, request, serve } from '../support/deployment';

/**
 * The clock goes in steps of 1 ms over every boundary of the schedule. A segment is published at `opensAt(n)` at the
 * earliest: no 404 may then be kept any more, and nothing may be asked of the stores that cannot be there.
 */
const AROUND_MS = 130;
const PUBLISH = { delayMs: 500, holdMs: 1000, retryDeadlineMs: 2500 };

interface Swept {
  readonly name: string;
  readonly configuration: object;
}

const EVENTS: readonly Swept[] = [
  { name: '2 s', configuration: template(1000, 2000, 0) },
  { name: '1.92 s from number 1', configuration: template(48_000, 92_160, 1) },
  { name: '60060/30000 s', configuration: template(30_000, 60_060, 0) },
  { name: '0.5 s, held for longer than a segment', configuration: template(1000, 500, 0) },
];

function template(timescale: number, duration: number, startNumber: number) {
  return {
    availabilityStartTime: '2025-12-31T23:59:40Z',
    segmentTemplate: {
      ...{ timescale, duration, startNumber },
      ...{ initialization: '$RepresentationID$/init.mp4', media: '$RepresentationID$/$Number$.m4s' },
    },
    initialSegmentNumber: 2,
    timeShiftBufferDepthSeconds: 8,
    liveWindowSeconds: 4,
    publish: PUBLISH,
  };
}

/** Number 20 in the middle, the first two and the last, an ended event's next. */
const LAST = 24;
const NUMBERS = [1, 2, 3, 20, LAST, LAST + 1];

/** Every instant at which the answer for `number` may change. */
function boundaries({ schedule }: LiveEvent, number: number): number[] {
  const due = dueMs(schedule, number);
  const all = [opensAtMs(schedule, number), due, dueMs(schedule, number - 1), due + PUBLISH.holdMs];
  return [...all, due + PUBLISH.retryDeadlineMs];
}

function sweep(event: LiveEvent, number: number): number[] {
  const times = new Set<number>();
  for (const boundary of boundaries(event, number))
    for (let ms = boundary - AROUND_MS; ms <= boundary + AROUND_MS; ms++) times.add(ms);
  return [...times].sort((left, right) => left - right);
}

/** Until when the schedule has no such segment: it opens, at the earliest, there. */
function cannotExist({ schedule }: LiveEvent, number: number, nowMs: number): boolean {
  const outside = number < schedule.initialSegment || number > (schedule.finalSegment ?? Infinity);
  const isNext = nowMs >= dueMs(schedule, number - 1) || number === schedule.initialSegment;
  return outside || number < windowStart(schedule, nowMs) || (nowMs < opensAtMs(schedule, number) && !isNext);
}

/** The last instant at which anybody may still answer from this 404; -Infinity for what may not be kept. */
function keptUntilMs({ headers }: HttpResponse, nowMs: number): number {
  const maxAge = Number(
    /max-age=(\d+)/.exec(headers['Cache-Control'] ?? headers['cache-control'] ?? '')?.[1],
  );
  const expiresMs = Number(headers['Headwater-Expires-Ms'] ?? headers['headwater-expires-ms'] ?? -Infinity);
  return Math.max(maxAge === 0 ? -Infinity : nowMs + maxAge * 1000, expiresMs);
}

/** What is wrong with an answer of 404 or 410 for a number of the event: it outlives the opening of its segment. */
function outlives(event: LiveEvent, number: number, response: HttpResponse, nowMs: number): boolean {
  const { schedule } = event;
  if (number < schedule.initialSegment || number > (schedule.finalSegment ?? Infinity)) return false;
  if (response.status !== 404) return false;
  return keptUntilMs(response, nowMs) > opensAtMs(schedule, number);
}

async function made(configuration: object) {
  const deployment = await deploy({ ...configuration, finalSegmentNumber: LAST });
  const event = await eventOf(deployment.origin);
  return { ...deployment, event };
}

/** An origin whose clock stands at `nowMs`, whatever was before; it never sleeps. */
async function at<T>(nowMs: number, clock: { nowMs: () => number }, ask: () => Promise<T>): Promise<T> {
  const before = clock.nowMs;
  clock.nowMs = () => nowMs;
  try {
    return await ask();
  } finally {
    clock.nowMs = before;
  }
}

describe.each(EVENTS)('over every boundary of segments of $name', ({ configuration }) => {
  it('the origin keeps no 404 beyond its truth, and asks no store for what cannot be there', async () => {
    const { clock, origin, event, counts, forget } = await made(configuration);
    const gone = cancelSource();
    gone.cancel();
    const wrong: unknown[] = [];
    for (const number of NUMBERS)
      for (const nowMs of sweep(event, number)) {
        origin.serving.memory.forgetRegion('us-east-1');
        forget();
        const { response } = await at(nowMs, clock, async () =>
          serve(origin, `v360/${number}.m4s`, {}, gone),
        );
        if (outlives(event, number, response, nowMs)) wrong.push({ number, nowMs, kept: response.headers });
        const asked = counts.regions[0]!.all['candidates.ofSegment'] ?? 0;
        if (asked > 0 && cannotExist(event, number, nowMs)) wrong.push({ number, nowMs, asked });
        if (asked === 0 && !cannotExist(event, number, nowMs)) wrong.push({ number, nowMs, asked });
      }
    expect(wrong).toEqual([]);
  });

  it('the guard forwards what may be there, and that alone', async () => {
    const { event } = await made(configuration);
    const known = edgeConfigurationOf(event);
    const wrong: unknown[] = [];
    for (const number of NUMBERS)
      for (const nowMs of sweep(event, number)) {
        const verdict = guard(`/live/acme/final/v360/${number}.m4s`, known, nowMs);
        const forwarded = verdict.kind === 'pass' || verdict.kind === 'hold';
        if (forwarded === cannotExist(event, number, nowMs)) wrong.push({ number, nowMs, verdict });
        if (verdict.kind !== 'early') continue;
        const keptMs = Math.max(verdict.expiresMs, nowMs + verdict.maxAgeSeconds * 1000);
        if (keptMs > opensAtMs(event.schedule, number)) wrong.push({ number, nowMs, verdict });
      }
    expect(wrong).toEqual([]);
  });
});

describe('the Node edge', () => {
  let server: Server;
  let edge: Edge;
  afterEach(async () => {
    await edge.close();
    server.closeAllConnections();
    server.close();
  });

  it('forwards what may be there alone, and answers no 404 from its cache once it may', async () => {
    const { clock, event } = await made(EVENTS[0]!.configuration);
    const forwarded = new Set<string>();
    server = createServer((message, response) => {
      forwarded.add(message.url ?? '');
      response.writeHead(404, { 'Cache-Control': 'max-age=0' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    edge = new Edge({
      regions: [{ name: 'us-east-1', url }],
      configurationOf: async () => Promise.resolve(edgeConfigurationOf(event)),
      clock,
    });
    const wrong: unknown[] = [];
    for (const number of NUMBERS)
      for (const nowMs of sweep(event, number)) {
        forwarded.clear();
        const path = `/live/acme/final/v360/${number}.m4s`;
        const response = await at(nowMs, clock, async () => edge.answer(request(path)));
        if (outlives(event, number, response, nowMs)) wrong.push({ number, nowMs, kept: response.headers });
        if (forwarded.size > 0 === cannotExist(event, number, nowMs)) wrong.push({ number, nowMs });
      }
    expect(wrong).toEqual([]);
  });
});
