import type { Candidate } from '../../../origin/candidate';
import {
  DEGRADED_FAULTS,
  deadlineMs,
  DOWN_NUMBERS,
  HEALTH_WINDOW,
  healthOf,
  RECOVERED_FAULTS,
  SHARE_WINDOW,
  type PipelineHealth,
} from '../../../origin/flag/health';
import type { LiveEvent } from '../../../origin/events/live-event';
import { contribution } from '../../support/contribution';
import { initEntry, liveEvent, PICTURE_AND_SOUND } from '../../support/live-event';
import { sampleCandidate } from '../../support/samples';

const FROM = 1_000_000;
const TO = FROM + HEALTH_WINDOW - 1;
const EVENT = liveEvent({ initialSegmentNumber: FROM - 1000 }, [initEntry('v720', 'video')]);
/** Every number of the window is settled. */
const SETTLED_MS = deadlineMs(EVENT, TO);
const GOOD = 'g'.repeat(HEALTH_WINDOW);

function health(
  candidates: readonly Candidate[],
  { event = EVENT, representation = 'v720', nowMs = SETTLED_MS, from = FROM, to = TO } = {},
): Record<string, PipelineHealth> {
  const compiled = event.representations.get(representation);
  if (compiled === undefined) throw new Error(`wanted ${representation}, got none`);
  const told = healthOf(event, compiled, { from, to, candidates, unheard: [] }, nowMs);
  return Object.fromEntries(told.map((one) => [one.pipeline, one]));
}

/** The health of pipeline `a`, whose newest numbers went as `letters` say; before, all was good. */
function healthAfter(letters: string, event: LiveEvent = EVENT): PipelineHealth {
  return health(contribution(event, letters.padStart(HEALTH_WINDOW, 'g'), FROM), { event })['a']!;
}

describe('what is counted', () => {
  it('each number once, by what became of it', () => {
    expect(healthAfter('gld.f')).toMatchObject({ received: 59, late: 1, defective: 2, missing: 1, split: 0 });
  });

  it('a number that may still come is not missing yet', () => {
    const sent = contribution(EVENT, `${'g'.repeat(HEALTH_WINDOW - 2)}..`, FROM);
    expect(health(sent, { nowMs: SETTLED_MS - 1 })['a']).toMatchObject({ received: 58, missing: 1 });
    expect(health(sent)['a']).toMatchObject({ received: 58, missing: 2 });
  });

  it('nothing before the initial number, nor after the final one', () => {
    const event = liveEvent({ initialSegmentNumber: FROM + 10, finalSegmentNumber: FROM + 19 }, [
      initEntry('v720', 'video'),
    ]);
    expect(health(contribution(event, 'g', FROM + 10), { event })['a']).toMatchObject({ missing: 9 });
  });

  it('nothing that was due before the first init came: the packagers had not started', () => {
    const atMs = deadlineMs(EVENT, FROM + 49) - EVENT.schedule.retryDeadlineMs;
    const event = liveEvent({ initialSegmentNumber: FROM }, [initEntry('v720', 'video', { atMs })]);
    const sent = contribution(event, 'g'.repeat(11), FROM + 49);
    expect(health(sent, { event })['a']).toMatchObject({ state: 'ok', received: 11, missing: 0 });
    expect(health(sent, { event })['b']).toMatchObject({ state: 'down', received: 0, missing: 11 });
  });

  it("nothing of a deleted event's media of the same name", () => {
    const event = liveEvent({ initialSegmentNumber: FROM }, [], { createdAtMs: SETTLED_MS - 100_000 });
    const old = contribution(event, GOOD, FROM, { publishedAtMs: SETTLED_MS - 100_001 });
    expect(health(old, { event })['a']).toMatchObject({ received: 0 });
  });

  it('as good where one region has it good and in time', () => {
    const [bad] = contribution(EVENT, 'd', TO);
    const [good] = contribution(EVENT, 'g', TO, { region: 'us-west-2' });
    expect(health([bad!, good!], { from: TO })['a']).toMatchObject({
      ...{ received: 1, defective: 0, late: 0 },
      receivedIn: { 'us-east-1': 1, 'us-west-2': 1 },
    });
  });

  it('as split where regions hold different bytes that are both valid', () => {
    const [one] = contribution(EVENT, 'g', TO);
    const west = { ...one!, region: 'us-west-2' };
    expect(health([one!, west], { from: TO })['a']).toMatchObject({ split: 0 });
    expect(health([one!, { ...west, digest: 'other' }], { from: TO })['a']).toMatchObject({ split: 1 });
    const [bad] = contribution(EVENT, 'd', TO, { region: 'us-west-2', digest: 'other' });
    expect(health([one!, bad!], { from: TO })['a']).toMatchObject({ split: 0 });
  });

  it('not as missing where a sparse representation had nothing to say', () => {
    const event = liveEvent({
      initialSegmentNumber: FROM,
      representations: [{ id: 'v720', contentType: 'application', sparse: true }],
    });
    expect(health(contribution(event, 'g..g', FROM), { event })['a']).toMatchObject({
      ...{ state: 'ok', received: 2, missing: 0 },
    });
  });
});

describe('the state', () => {
  it('is idle while nobody has published anything', () => {
    const event = liveEvent({ initialSegmentNumber: FROM });
    expect(health([], { event })).toMatchObject({
      a: { state: 'idle', missing: 0 },
      b: { state: 'idle', missing: 0 },
    });
  });

  it.each([
    ['ok with a fault less', 'd'.repeat(DEGRADED_FAULTS - 1), 'ok'],
    ['degraded by defects', 'd'.repeat(DEGRADED_FAULTS), 'degraded'],
    ['degraded by what came late', 'l'.repeat(DEGRADED_FAULTS), 'degraded'],
    ['degraded by what did not come', '.g'.repeat(DEGRADED_FAULTS), 'degraded'],
    ['degraded by all of them together', 'd.lgd.lg', 'degraded'],
    ['ok where faults are farther apart', `ddddd${'g'.repeat(SHARE_WINDOW - 5)}d`, 'ok'],
    ['down without anything usable', '.'.repeat(DOWN_NUMBERS), 'down'],
    ['down with nothing but junk', 'f'.repeat(DOWN_NUMBERS), 'down'],
    ['ok with one number less missing', '.'.repeat(DOWN_NUMBERS - 1), 'ok'],
    ['not down any more with the first that comes', '....g', 'ok'],
  ])('is %s', (_, letters, state) => {
    expect(healthAfter(letters).state).toBe(state);
  });

  it.each([
    [SHARE_WINDOW - RECOVERED_FAULTS - 1, 'degraded'],
    [SHARE_WINDOW - RECOVERED_FAULTS, 'ok'],
  ])(
    '%d good numbers after it degraded, it is %s: what lies between the thresholds changes nothing',
    (good, state) => {
      expect(healthAfter('d'.repeat(DEGRADED_FAULTS) + 'g'.repeat(good)).state).toBe(state);
    },
  );
});

describe('what is measured', () => {
  const AUDIO = { timescale: 48_000, durationTicks: 94n * 1024n, sampleCount: 94 };
  const base = sampleCandidate().inspection!;
  const audio = (ticks: bigint) => ({ inspection: { ...base, ...AUDIO, baseMediaDecodeTime: ticks } });

  it('audio phase, against the first pipeline in order that has the number', () => {
    const sent = [
      ...contribution(EVENT, 'g', TO, audio(5_000_000n)),
      ...contribution(EVENT, 'g', TO, { pipeline: 'b', ...audio(5_000_100n) }),
    ];
    const told = health(sent, { representation: 'a128', from: TO });
    expect([told['a']?.audioPhaseTicks, told['b']?.audioPhaseTicks]).toEqual([0, 100]);
    expect(health(sent, { from: TO })['b']).not.toHaveProperty('audioPhaseTicks');
  });

  it('the median from the encoder to the origin, where segments carry the time of encoding', () => {
    const delays = [400, 900, 500];
    const sent = delays.flatMap((delay, at) => {
      const [one] = contribution(EVENT, 'g', FROM + at);
      return { ...one!, inspection: { ...base, encodedAtMs: one!.publishedAtMs - delay } };
    });
    expect(health(sent)['a']?.encoderToOriginMs).toBe(500);
    expect(healthAfter('')).not.toHaveProperty('encoderToOriginMs');
  });

  it('the newest number that came', () => {
    expect(healthAfter('g..').newest).toBe(TO - 2);
  });
});

it('health is of what is configured', () => {
  const event = liveEvent({
    initialSegmentNumber: FROM,
    pipelines: ['b'],
    representations: PICTURE_AND_SOUND,
  });
  expect(Object.keys(health(contribution(event, GOOD, FROM), { event }))).toEqual(['b']);
});
