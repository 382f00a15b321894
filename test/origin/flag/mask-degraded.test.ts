import type { MaskEntry } from '../../../origin/events/event-record';
import type { LiveEvent } from '../../../origin/events/live-event';
import { HEALTH_WINDOW } from '../../../origin/flag/health';
import { REVIEWER } from '../../../origin/flag/finding';
import { FIRST_MASK_SEGMENTS, maskDegraded, MASKS_MAX } from '../../../origin/flag/mask-degraded';
import { reviewSegment } from '../../../origin/flag/review-segment';
import type { Origin } from '../../../origin/origin';
import { liveEdge } from '../../../origin/schedule/schedule';
import { contribution } from '../../support/contribution';
import { control, deploy, EDGE, eventOf, jsonOf, KEY, representationOf } from '../../support/deployment';

const ALLOWED = { automaticMasks: true, timeShiftBufferDepthSeconds: 86_400 };
const VIDEO = { ...KEY, representation: 'v360' };
const GOOD = 'g'.repeat(HEALTH_WINDOW);
const BAD = GOOD.slice(6) + 'dddddd';

/** Two regions that hold what pipelines `a` and `b` sent of the newest numbers. */
async function contributed(a: string, b: string, configuration: Readonly<Record<string, unknown>> = ALLOWED) {
  const deployment = await deploy(configuration, ['us-east-1', 'us-west-2']);
  const event = await eventOf(deployment.origin);
  await send(deployment.origins, event, { a, b }, EDGE);
  return { ...deployment, event };
}

async function send(
  origins: readonly Origin[],
  event: LiveEvent,
  letters: Readonly<Record<string, string>>,
  to: number,
) {
  for (const { local } of origins)
    for (const [pipeline, each] of Object.entries(letters))
      for (const candidate of contribution(event, each, to - each.length + 1, { ...VIDEO, pipeline }))
        await local.candidates.record({ ...candidate, region: local.region });
}

async function mask(origin: Origin, suspects: readonly string[] = ['a']) {
  const event = await eventOf(origin);
  return maskDegraded(origin, event, representationOf(event, 'v360'), new Set(suspects));
}

async function masks(origin: Origin): Promise<readonly MaskEntry[]> {
  return (await eventOf(origin)).masks;
}

describe('a pipeline that is degraded while another is well', () => {
  it('is masked from a number on that nobody was served yet, for a bounded range, with the reason', async () => {
    const { origin } = await contributed(BAD, GOOD);
    const [finding] = await mask(origin);
    expect(finding).toMatchObject({ kind: 'masked', pipeline: 'a', number: EDGE + 2 });
    expect(await masks(origin)).toEqual([
      {
        kind: 'mask',
        automatic: true,
        id: expect.stringMatching(/^automatic-[0-9a-f]{32}$/) as string,
        atMs: origin.clock.nowMs(),
        by: REVIEWER,
        pipeline: 'a',
        representation: 'v360',
        fromSegment: EDGE + 2,
        toSegment: EDGE + 1 + FIRST_MASK_SEGMENTS,
        reason: 'degraded: 0 missing, 6 defective, 0 late of 60 segments',
      },
    ]);
  });

  it('and so is one that is down, but for what may still come', async () => {
    const { origin } = await contributed(GOOD.slice(5) + '.....', GOOD);
    expect(await mask(origin)).toEqual([]);
    const { origin: later } = await contributed(GOOD.slice(6) + '......', GOOD);
    expect(await mask(later)).toMatchObject([
      { mask: { reason: 'down: 3 missing, 0 defective, 0 late of 57 segments' } },
    ]);
  });

  it('changes no cached answer: the cache version stays', async () => {
    const { origin, event } = await contributed(BAD, GOOD);
    await mask(origin);
    expect((await eventOf(origin)).head.version).toBe(event.head.version);
  });

  it('is masked by the review that finds its newest fault', async () => {
    const { origin, event } = await contributed(BAD, GOOD);
    const findings = await reviewSegment(origin, event, representationOf(event, 'v360'), EDGE);
    expect(findings).toMatchObject([{ kind: 'masked', pipeline: 'a' }]);
  });
});

describe('nobody is masked', () => {
  it.each([
    ['where the configuration does not say so', BAD, GOOD, { automaticMasks: false }],
    ['who is well', GOOD, GOOD, ALLOWED],
    ['when nobody else is well', BAD, BAD, ALLOWED],
    ['when nobody else is there', BAD, '', ALLOWED],
  ])('%s', async (_, a, b, configuration) => {
    const { origin } = await contributed(a, b, configuration);
    expect(await mask(origin, ['a', 'b'])).toEqual([]);
    expect(await masks(origin)).toEqual([]);
  });

  it('when an operator has masked the only one that is well', async () => {
    const { origin } = await contributed(BAD, GOOD);
    await control(origin, 'POST', 'masks', { pipeline: 'b', fromSegment: EDGE, force: true });
    expect(await mask(origin)).toEqual([]);
  });
});

describe('one mask, whoever makes it', () => {
  it('of both regions at once, and again', async () => {
    const { origins } = await contributed(BAD, GOOD);
    const made = await Promise.all(origins.map((origin) => mask(origin)));
    expect(made.flat()).toHaveLength(1);
    expect(await mask(origins[0])).toEqual([]);
    expect(await masks(origins[0])).toHaveLength(1);
  });

  it('while it lasts, a suspect costs no read', async () => {
    const { origin, counts, forget } = await contributed(BAD, GOOD);
    await mask(origin);
    const event = await eventOf(origin);
    forget();
    await maskDegraded(origin, event, representationOf(event, 'v360'), new Set(['a']));
    expect([counts.regions[0]?.all, counts.events.all]).toEqual([{}, {}]);
  });

  it('the next one lasts twice as long, and after the last an operator has to decide', async () => {
    const { origin, origins, clock, event } = await contributed(BAD, GOOD);
    const lengths: number[] = [];
    for (let made = 0; made < MASKS_MAX + 1; made++) {
      const edge = liveEdge(event.schedule, clock.nowMs());
      await send(origins, event, { a: BAD, b: GOOD }, edge);
      for (const finding of await mask(origin))
        if (finding.kind === 'masked') lengths.push(finding.mask.toSegment! - finding.mask.fromSegment + 1);
      await clock.advance(((lengths.at(-1) ?? 0) + HEALTH_WINDOW) * 2000);
    }
    expect(lengths).toEqual(Array.from({ length: MASKS_MAX }, (_, at) => FIRST_MASK_SEGMENTS * 2 ** at));
  });

  it('what an operator took back is not made again', async () => {
    const { origin } = await contributed(BAD, GOOD);
    await mask(origin);
    const [made] = await masks(origin);
    expect((await control(origin, 'DELETE', `masks/${made!.id}`)).status).toBe(200);
    expect(await masks(origin)).toEqual([]);
    expect(await mask(origin)).toEqual([]);
    expect(await masks(origin)).toEqual([]);
  });

  it('is listed beside those of operators', async () => {
    const { origin } = await contributed(BAD, GOOD);
    await mask(origin);
    const { masks: listed } = jsonOf(await control(origin, 'GET', 'masks'));
    expect(listed).toMatchObject([{ pipeline: 'a', by: REVIEWER, automatic: true }]);
  });
});
