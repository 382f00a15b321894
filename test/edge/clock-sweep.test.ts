import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { guard } from '../../edge/guard/guard';
import { Edge } from '../../edge/node/edge';
import type { HttpResponse } from '../../http/message';
import { edgeConfigurationOf, type EdgeConfiguration } from '../../origin/events/edge-configuration';
import type { LiveEvent } from '../../origin/events/live-event';
import { cancelSource } from '../../origin/ports/cancel';
import type { Clock } from '../../origin/ports/clock';
import { dueMs, opensAtMs, windowStart } from '../../origin/schedule/schedule';
import { deploy, eventOf, publish, request, serve } from '../support/deployment';

/**
 * The clock goes in steps of 1 ms over every boundary of the schedule. A segment may be there from the millisecond on in
 * which its predecessor is due: no 404 may then be kept any more, and nothing may be asked of the stores that cannot be
 * there.
 */
const AROUND_MS = 130;

interface Publish {
  readonly delayMs: number;
  readonly holdMs: number;
  readonly retryDeadlineMs: number;
}

interface Swept {
  readonly name: string;
  readonly configuration: ReturnType<typeof template>;
}

const EVENTS: readonly Swept[] = [
  { name: '2 s', configuration: template(1000, 2000, 0) },
  { name: '1.92 s from number 1', configuration: template(48_000, 92_160, 1) },
  { name: '60060/30000 s', configuration: template(30_000, 60_060, 0) },
  { name: '0.5 s, held for longer than a segment', configuration: template(1000, 500, 0) },
  { name: '2 s, held for a segment', configuration: template(1000, 2000, 0, { holdMs: 2000 }) },
  { name: '2 s, not held', configuration: template(1000, 2000, 0, { holdMs: 0 }) },
  { name: '2 s, late by more', configuration: template(1000, 2000, 0, { holdMs: 100, delayMs: 3500 }) },
  {
    name: '1.92 s, not held, late',
    configuration: template(48_000, 92_160, 1, { holdMs: 0, delayMs: 1900 }),
  },
  { name: '10 s, held for 3 s', configuration: template(1000, 10_000, 0, { holdMs: 3000, delayMs: 4000 }) },
];

function template(timescale: number, duration: number, startNumber: number, publish: Partial<Publish> = {}) {
  return {
    availabilityStartTime: '2025-12-31T23:59:40Z',
    segmentTemplate: {
      ...{ timescale, duration, startNumber },
      ...{ initialization: '$RepresentationID$/init.mp4', media: '$RepresentationID$/$Number$.m4s' },
    },
    initialSegmentNumber: 2,
    timeShiftBufferDepthSeconds: Math.max(8, Math.ceil((4 * duration) / timescale)),
    liveWindowSeconds: 4,
    publish: { delayMs: 500, holdMs: 1000, retryDeadlineMs: 2500, ...publish },
  };
}

/** Number 20 in the middle, the first two and the last, an ended event's next. */
const LAST = 24;
const NUMBERS = [1, 2, 3, 20, LAST, LAST + 1];

/**
 * The millisecond from which the segment may be there: its predecessor is due, and none earlier is served; of the first
 * one a PUT is taken so early and no earlier.
 */
function mayBeThereMs({ schedule }: LiveEvent, number: number): number {
  if (number !== schedule.initialSegment) return dueMs(schedule, number - 1);
  const twoMs = (2 * schedule.durationMilliseconds) / schedule.durationDenominator;
  return Math.ceil(dueMs(schedule, number) - Math.max(twoMs, 5000));
}

/** Every instant at which the answer for `number` may change. */
function boundaries(event: LiveEvent, number: number): number[] {
  const { schedule } = event;
  const due = dueMs(schedule, number);
  const before = [mayBeThereMs(event, number), dueMs(schedule, number - 1), opensAtMs(schedule, number)];
  return [...before, due, due + schedule.holdMs, due + schedule.retryDeadlineMs];
}

function sweep(event: LiveEvent, number: number, over = boundaries(event, number)): number[] {
  const times = new Set<number>();
  for (const boundary of over)
    for (let ms = boundary - AROUND_MS; ms <= boundary + AROUND_MS; ms++) times.add(ms);
  return [...times].sort((left, right) => left - right);
}

/** Whether the schedule has no such segment now. */
function cannotExist(event: LiveEvent, number: number, nowMs: number): boolean {
  const { schedule } = event;
  const outside = number < schedule.initialSegment || number > (schedule.finalSegment ?? Infinity);
  return outside || number < windowStart(schedule, nowMs) || nowMs < mayBeThereMs(event, number);
}

/** The last instant at which anybody may still answer from this 404; -Infinity for what may not be kept. */
function keptUntilMs({ headers }: HttpResponse, nowMs: number): number {
  const maxAge = Number(
    /max-age=(\d+)/.exec(headers['Cache-Control'] ?? headers['cache-control'] ?? '')?.[1],
  );
  const expiresMs = Number(headers['Headwater-Expires-Ms'] ?? headers['headwater-expires-ms'] ?? -Infinity);
  return Math.max(maxAge === 0 ? -Infinity : nowMs + maxAge * 1000, expiresMs);
}

/** What is wrong with an answer of 404 for a number of the event: it is kept when its segment may be there. */
function outlives(event: LiveEvent, number: number, response: HttpResponse, nowMs: number): boolean {
  const { schedule } = event;
  if (number < schedule.initialSegment || number > (schedule.finalSegment ?? Infinity)) return false;
  if (response.status !== 404) return false;
  return keptUntilMs(response, nowMs) > mayBeThereMs(event, number);
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
        const keptMs = Math.max(verdict.trueUntilMs, nowMs + verdict.maxAgeSeconds * 1000);
        if (keptMs > mayBeThereMs(event, number)) wrong.push({ number, nowMs, verdict });
      }
    expect(wrong).toEqual([]);
  });

  it('the very millisecond in which it may be there it is taken, and served', async () => {
    const { clock, origin, event } = await made(configuration);
    for (const number of [2, 3, 20, LAST]) {
      const nowMs = mayBeThereMs(event, number);
      const got = await at(nowMs, clock, async () => {
        for (const pipeline of ['a', 'b'])
          expect(await publish(origin, { pipeline, number })).toMatchObject({ kind: 'stored' });
        return serve(origin, `v360/${number}.m4s`, { method: 'HEAD' });
      });
      expect([number, got.response.status]).toEqual([number, 200]);
    }
    const tooEarlyMs = mayBeThereMs(event, 2) - 1;
    const sooner = await at(tooEarlyMs, clock, async () => publish(origin, { number: 2 }));
    expect(sooner.kind).toBe('too-early');
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

  async function edgeBefore(listener: RequestListener, clock: Clock, configuration?: EdgeConfiguration) {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const configurationOf = async () => Promise.resolve(configuration);
    edge = new Edge({ regions: [{ name: 'us-east-1', url }], configurationOf, clock });
  }

  it.each(EVENTS)(
    'that knows no schedule has what the origin has, at once: $name',
    async ({ configuration }) => {
      const { clock, origin, event } = await made(configuration);
      const gone = cancelSource();
      gone.cancel();
      await edgeBefore((message, response) => {
        const path = message.url ?? '';
        const number = Number(/(\d+)\.m4s$/.exec(path)?.[1]);
        if (clock.nowMs() >= mayBeThereMs(event, number))
          response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('segment');
        else
          void serve(origin, path, {}, gone).then(({ response: { status, headers } }) =>
            response.writeHead(status, { 'Cache-Control': headers['Cache-Control'] }).end(),
          );
      }, clock);
      const wrong: unknown[] = [];
      for (const number of [2, 20]) {
        const firstMs = mayBeThereMs(event, number);
        // What was kept a while ago may reach into it as well.
        for (const nowMs of sweep(event, number, [firstMs - 1500, firstMs])) {
          const path = `/live/acme/final/v360/${number}.m4s`;
          const { status } = await at(nowMs, clock, async () => edge.answer(request(path)));
          if (status !== (nowMs < firstMs ? 404 : 200))
            wrong.push({ number, offMs: nowMs - firstMs, status });
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('forwards what may be there alone, and answers no 404 from its cache once it may', async () => {
    const { clock, event } = await made(EVENTS[0]!.configuration);
    const forwarded = new Set<string>();
    await edgeBefore(
      (message, response) => {
        forwarded.add(message.url ?? '');
        response.writeHead(404, { 'Cache-Control': 'max-age=0' }).end();
      },
      clock,
      edgeConfigurationOf(event),
    );
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
