import { DEMO_ENCODER_DELAY_MS, DEMO_CONFIGURATION, DEMO_EVENT_PATH } from '../../demo/event';
import { loadDemoAsset } from '../../demo/asset';
import { startFeed, type Feed, type FeedEntry, type FeedOptions } from '../../demo/feed';
import { parseConfiguration } from '../../origin/events/configuration';
import type { Clock } from '../../origin/ports/clock';
import { makeSchedule, type Schedule } from '../../origin/schedule/schedule';
import { FakeClock } from '../support/fake-clock';
import {
  eventually,
  startPutRecorder,
  type Answer,
  type PutRecorder,
  type Recorded,
} from '../support/put-recorder';

const asset = loadDemoAsset();
const TRACKS = ['v720', 'v360', 'a128'];
/** Segment N begins here: 2026-01-01T00:00:00Z. */
const N = 883_612_800;
const BEGIN_MS = N * 2000;
const DELAY_MS = 120;
/** The feed of pipeline `a` has sent N - 1 a moment ago; N is the next. */
const NOW_MS = BEGIN_MS + 500;

describe('the demo event', () => {
  it('is a Live Event Configuration', () => {
    expect(parseConfiguration(DEMO_CONFIGURATION)).toMatchObject({
      configuration: { pipelines: ['a', 'b'] },
    });
  });

  it('has an encoder delay of its own for every pipeline', () => {
    expect(Object.keys(DEMO_ENCODER_DELAY_MS)).toEqual(DEMO_CONFIGURATION.pipelines);
    expect(new Set(Object.values(DEMO_ENCODER_DELAY_MS)).size).toBe(DEMO_CONFIGURATION.pipelines.length);
  });
});

describe('a feed', () => {
  it('sends the init and the last 30 s at once, and nothing that is not complete', async () => {
    const { recorder, settled } = await started();
    await settled(TRACKS.length * 16);
    for (const track of TRACKS) {
      const names = recorder.requests.map(({ path }) => path).filter((path) => path.includes(`/${track}/`));
      expect(names).toEqual([
        `/live/demo/loop/${track}/init.mp4`,
        ...Array.from({ length: 15 }, (_, i) => `/live/demo/loop/${track}/${N - 15 + i}.m4s`),
      ]);
    }
  });

  it('PUTs whole bodies with Content-Length and Basic credentials, on connections that it keeps', async () => {
    const { recorder, settled } = await started();
    await settled(TRACKS.length * 16);
    for (const { method, headers, body } of recorder.requests) {
      expect(method).toBe('PUT');
      expect(headers).toMatchObject({ 'content-length': String(body.length), 'content-type': 'video/mp4' });
      expect(headers.authorization).toBe(`Basic ${Buffer.from('a:s3cret').toString('base64')}`);
    }
    expect(new Set(recorder.requests.map(({ remotePort }) => remotePort)).size).toBeLessThanOrEqual(4);
    const last = recorder.requests.find(({ path }) => path.endsWith(`/v720/${N - 1}.m4s`));
    expect(Buffer.compare(last?.body ?? Buffer.of(), asset.segment('v720', N - 1))).toBe(0);
  });

  it('sends a segment when its media has ended and was encoded, not a millisecond earlier', async () => {
    const { clock, numbers, settled } = await started({ backlogMs: 0 });
    await clock.advanceTo(BEGIN_MS + 2000 + DELAY_MS - 1);
    expect(numbers()).toEqual([]);
    await clock.advance(1);
    await settled(2 * TRACKS.length);
    expect(numbers()).toEqual([N, N, N]);
    await clock.advance(2000);
    await settled(3 * TRACKS.length);
    expect(numbers()).toEqual([N, N, N, N + 1, N + 1, N + 1]);
  });

  it('counts numbers and media time from the event, wherever that begins', async () => {
    const shifted = scheduleOf({ availabilityStartMs: BEGIN_MS - 2000, startNumber: 1, initialSegment: 1 });
    const { recorder, numbers, settled } = await started({ schedule: shifted });
    await settled(2 * TRACKS.length);
    expect(numbers()).toEqual([1, 1, 1]);
    const first = recorder.requests.find(({ path }) => path.endsWith('/a128/1.m4s'));
    expect(Buffer.compare(first?.body ?? Buffer.of(), asset.segment('a128', 0))).toBe(0);
  });

  it('serves every region on its own: one that is down holds up none', async () => {
    const gone = await startPutRecorder();
    await gone.close();
    const { numbers, settled, clock, feed } = await started({ backlogMs: 2000 }, undefined, [gone.url]);
    await settled(2 * TRACKS.length);
    expect(numbers()).toEqual([N - 1, N - 1, N - 1]);
    await clock.advanceTo(BEGIN_MS + 2000 + DELAY_MS);
    await settled(3 * TRACKS.length);
    expect(numbers().slice(3)).toEqual([N, N, N]);
    expect(feed.counts().acknowledged).toBe(3 * TRACKS.length);
  });
});

describe('a feed whose region fails', () => {
  it.each([404, 412, 429, 500, 503])('tries again after %i, until it is acknowledged', async (status) => {
    const { clock, entries, settled } = await started({ backlogMs: 2000 }, twice(status));
    await tryFor(clock, 1000);
    await settled(2 * TRACKS.length);
    expect(entries.map(({ outcome }) => outcome.kind)).toEqual(Array(6).fill('acknowledged'));
  });

  it.each([400, 401, 403, 409, 413, 415])('does not insist after %i', async (status) => {
    const onlyMedia = ({ path }: Recorded): Answer => (path.endsWith('.m4s') ? status : 201);
    const { recorder, entries, settled } = await started({ backlogMs: 2000 }, onlyMedia);
    await settled(2 * TRACKS.length);
    expect(recorder.requests).toHaveLength(2 * TRACKS.length);
    expect(mediaOf(entries).map(({ outcome }) => outcome)).toEqual(
      Array(3).fill({ kind: 'refused', status, answer: '' }),
    );
  });

  it('leaves a segment behind after one segment duration, and goes on with the next', async () => {
    const refusesN = ({ path }: Recorded): Answer => (path.endsWith(`/${N - 1}.m4s`) ? 503 : 201);
    const { clock, entries, settled } = await started({ backlogMs: 2000 }, refusesN);
    await tryFor(clock, 3000);
    await settled(3 * TRACKS.length);
    const outcomes = mediaOf(entries).map(({ number, outcome }) => [number, outcome.kind]);
    expect(outcomes.slice(0, 3)).toEqual(Array(3).fill([N - 1, 'abandoned']));
    expect(outcomes.slice(3, 6)).toEqual(Array(3).fill([N, 'acknowledged']));
    expect(mediaOf(entries)[0]?.outcome).toMatchObject({ reason: 'status 503' });
  });

  it('gives up a PUT that is never answered after one segment duration', async () => {
    const silent = ({ path }: Recorded) =>
      path.endsWith('.m4s') ? new Promise<Answer>(() => undefined) : 201;
    const { recorder, clock, entries } = await started({ backlogMs: 2000 }, silent);
    await eventually(() => recorder.requests.length === 2 * TRACKS.length);
    await clock.advance(2000);
    await eventually(() => mediaOf(entries).length === TRACKS.length);
    expect(mediaOf(entries).map(({ outcome }) => outcome.kind)).toEqual(Array(3).fill('abandoned'));
  });

  it('sends the init again after a lost connection, before the next segment', async () => {
    let lost = 0;
    const loses = ({ path }: Recorded): Answer =>
      path.endsWith(`/a128/${N - 1}.m4s`) && lost++ === 0 ? 'reset' : 201;
    const { recorder, clock, settled } = await started({ backlogMs: 2000 }, loses);
    await tryFor(clock, 500);
    await settled(2 * TRACKS.length);
    await clock.advanceTo(BEGIN_MS + 2000 + DELAY_MS);
    await settled(4 * TRACKS.length);
    const sound = recorder.requests.map(({ path }) => path).filter((path) => path.includes('/a128/'));
    expect(sound.map((path) => path.split('/').at(-1))).toEqual([
      'init.mp4',
      `${N - 1}.m4s`,
      `${N - 1}.m4s`,
      'init.mp4',
      `${N}.m4s`,
    ]);
  });

  it('does not pile up: after a suspended machine only the newest 30 s are sent', async () => {
    const fake = new FakeClock(NOW_MS);
    let asleepMs = 0;
    const clock: Clock = {
      nowMs: () => fake.nowMs() + asleepMs,
      sleepUntil: (ms, cancel) => fake.sleepUntil(ms - asleepMs, cancel),
    };
    const { numbers, settled } = await started({ backlogMs: 4000, clock }, undefined, [], fake);
    await settled(3 * TRACKS.length);
    asleepMs = 3_600_000;
    await fake.advanceTo(BEGIN_MS + 2000 + DELAY_MS);
    await settled(5 * TRACKS.length);
    expect(numbers().slice(6)).toEqual([N + 1799, N + 1799, N + 1799, N + 1800, N + 1800, N + 1800]);
  });
});

describe('faults', () => {
  it('withholds what it is told to, from the moment it is told', async () => {
    const faults: NonNullable<FeedOptions['faults']> = {};
    const { clock, entries, numbers, settled } = await started({ backlogMs: 0, faults });
    faults.withhold = (number, representation) => number === N && representation === 'v720';
    await clock.advanceTo(BEGIN_MS + 2000 + DELAY_MS);
    await settled(2 * TRACKS.length);
    expect(numbers()).toEqual([N, N]);
    expect(entries.filter(({ outcome }) => outcome.kind === 'withheld')).toMatchObject([
      { pipeline: 'a', representation: 'v720', number: N },
    ]);
  });

  it('sends what the damage made of a segment, and leaves inits alone', async () => {
    const faults = { transform: (bytes: Uint8Array) => bytes.subarray(0, 100) };
    const { recorder, settled } = await started({ backlogMs: 2000, faults });
    await settled(2 * TRACKS.length);
    const sizes = recorder.requests.map(({ path, body }) => [path.endsWith('init.mp4'), body.length === 100]);
    expect(sizes.filter(([init]) => init)).toEqual(Array(3).fill([true, false]));
    expect(sizes.filter(([init]) => !init)).toEqual(Array(3).fill([false, true]));
  });

  it('survives damage that throws', async () => {
    const faults = {
      transform: (): Uint8Array => {
        throw new RangeError('too short to cut');
      },
    };
    const { entries, settled } = await started({ backlogMs: 2000, faults });
    await settled(2 * TRACKS.length);
    expect(mediaOf(entries).map(({ outcome }) => outcome)).toEqual(
      Array(3).fill({ kind: 'failed', reason: 'RangeError: too short to cut' }),
    );
  });
});

describe('stop', () => {
  it('waits for the PUT under way, sends nothing more and leaves no sleeper', async () => {
    let answer: (status: Answer) => void = () => undefined;
    const held = new Promise<Answer>((resolve) => (answer = resolve));
    const holds = ({ path }: Recorded) => (path.endsWith('.m4s') ? held : 201);
    const { recorder, clock, feed, entries } = await started({ backlogMs: 2000 }, holds);
    await eventually(() => recorder.requests.length === 2 * TRACKS.length);
    let stopped = false;
    const stopping = feed.stop().then(() => (stopped = true));
    await clock.advance(0);
    expect(stopped).toBe(false);
    answer(201);
    await stopping;
    expect(mediaOf(entries).map(({ outcome }) => outcome.kind)).toEqual(Array(3).fill('acknowledged'));
    await clock.advance(10_000);
    expect(recorder.requests).toHaveLength(2 * TRACKS.length);
    expect(clock.sleeping).toBe(0);
  });

  it('ends a pause between attempts', async () => {
    const { recorder, clock, feed } = await started({ backlogMs: 2000 }, () => 503);
    await eventually(() => recorder.requests.length === TRACKS.length);
    await feed.stop();
    expect(clock.sleeping).toBe(0);
    expect(feed.counts()).toMatchObject({ acknowledged: 0, abandoned: TRACKS.length });
  });
});

interface Started {
  readonly recorder: PutRecorder;
  readonly clock: FakeClock;
  readonly feed: Feed;
  readonly entries: readonly FeedEntry[];
  /** Segment numbers the recorder got, in order. */
  readonly numbers: () => readonly number[];
  /** Waits until the feed has logged this many ends of PUTs (or withheld segments). */
  readonly settled: (count: number) => Promise<void>;
}

const running: { readonly feed: Feed; readonly recorder: PutRecorder; readonly clock: FakeClock }[] = [];

afterEach(async () => {
  for (const { feed, recorder, clock } of running.splice(0)) {
    const stopped = feed.stop();
    // What a test left unanswered ends at its deadline.
    await clock.advance(5000);
    await stopped;
    await recorder.close();
  }
});

async function started(
  options: Partial<FeedOptions> = {},
  answer?: Parameters<typeof startPutRecorder>[0],
  others: readonly URL[] = [],
  clock = new FakeClock(NOW_MS),
): Promise<Started> {
  const recorder = await startPutRecorder(answer);
  const entries: FeedEntry[] = [];
  const feed = startFeed({
    asset,
    pipeline: 'a',
    secret: 's3cret',
    targets: [...others, recorder.url],
    eventPath: DEMO_EVENT_PATH,
    template: DEMO_CONFIGURATION.segmentTemplate,
    schedule: scheduleOf({}),
    clock,
    log: (entry) => entries.push(entry),
    ...options,
  });
  running.push({ feed, recorder, clock });
  return {
    recorder,
    clock,
    feed,
    entries,
    numbers: () =>
      recorder.requests.flatMap(({ path }) => Number(/\/(\d+)\.m4s$/.exec(path)?.[1] ?? NaN) || []),
    settled: (count) =>
      eventually(() => entries.filter(({ target }) => target === recorder.url.origin).length >= count),
  };
}

function scheduleOf(parts: Partial<Parameters<typeof makeSchedule>[0]>): Schedule {
  const schedule = makeSchedule({
    availabilityStartMs: 0,
    timescale: 1000,
    duration: 2000,
    startNumber: 0,
    delayMs: DELAY_MS,
    holdMs: 0,
    retryDeadlineMs: 0,
    initialSegment: 0,
    finalSegment: undefined,
    depthSeconds: 600,
    ...parts,
  });
  if (schedule === undefined) throw new Error('wanted a schedule');
  return schedule;
}

function mediaOf(entries: readonly FeedEntry[]): readonly FeedEntry[] {
  return entries.filter(({ number }) => number !== 'init');
}

/** The first two attempts of every path are answered with `status`. */
function twice(status: number): (request: Recorded) => Answer {
  const attempts = new Map<string, number>();
  return ({ path }) => {
    const attempt = (attempts.get(path) ?? 0) + 1;
    attempts.set(path, attempt);
    return attempt <= 2 ? status : 201;
  };
}

/** Lets fake time pass in small steps, with real time in between for what is on the wire. */
async function tryFor(clock: FakeClock, ms: number): Promise<void> {
  const endMs = clock.nowMs() + ms;
  while (clock.nowMs() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await clock.advance(25);
  }
}
