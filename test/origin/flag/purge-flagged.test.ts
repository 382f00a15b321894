import { restamp } from '../../../demo/restamp';
import { purgeFlagged } from '../../../origin/flag/purge-flagged';
import { reviewSegment } from '../../../origin/flag/review-segment';
import { defect } from '../../../origin/media/defect';
import type { Origin } from '../../../origin/origin';
import type { Invalidation } from '../../../origin/ports/invalidator';
import { asset, deploy, EDGE, eventOf, KEY, publish, representationOf } from '../../support/deployment';
import { sampleCandidate } from '../../support/samples';

/** The pictures of the number before on the time of this one: what an encoder sends whose input froze. */
const FROZEN = restamp(asset.segment('v360', EDGE - 1), {
  sequenceNumber: EDGE,
  baseMediaDecodeTime: BigInt(EDGE) * 25_600n,
});

async function review(origin: Origin) {
  const event = await eventOf(origin);
  return reviewSegment(origin, event, representationOf(event, 'v360'), EDGE);
}

describe('what was served and is flagged is purged', () => {
  async function flagged(configuration: Readonly<Record<string, unknown>>, first: 'a' | 'b') {
    const deployment = await deploy(configuration);
    const told: Invalidation[] = [];
    const origin: Origin = {
      ...deployment.origin,
      invalidator: { invalidate: async (invalidation) => void told.push(invalidation) },
    };
    await publish(origin, { pipeline: first, number: EDGE - 1 });
    await publish(origin, { pipeline: first, bytes: FROZEN });
    await publish(origin, { pipeline: first === 'a' ? 'b' : 'a' });
    expect(await review(origin)).toMatchObject([{ kind: 'flagged', pipeline: first }]);
    const { invalidations, head } = await eventOf(origin);
    return { told, invalidations, version: head.version };
  }
  const RANGE = { fromSegment: EDGE, toSegment: EDGE, representation: 'v360', pipeline: 'a' };

  it('the copy that was chosen: told to caches and to edges, without a new version', async () => {
    const { told, invalidations, version } = await flagged({}, 'a');
    expect(told).toEqual([{ key: KEY, ...RANGE }]);
    expect([invalidations, version]).toMatchObject([[RANGE], 1]);
  });

  it.each([
    ['not the copy of a pipeline that nobody was served', {}, 'b'],
    ['not where the event says so', { purgeOnFlag: false }, 'a'],
  ] as const)('%s', async (_, configuration, first) => {
    const { told, invalidations } = await flagged(configuration, first);
    expect([told, invalidations]).toEqual([[], []]);
  });

  it('by entries that take turns: a pipeline that fails all day fills no record', async () => {
    const { origin } = await deploy();
    const event = await eventOf(origin);
    for (let number = EDGE; number < EDGE + 20; number++)
      await purgeFlagged(origin, event, sampleCandidate({ ...KEY, representation: 'v360', number }), [
        defect('repeated'),
      ]);
    const record = await origin.eventStore.read(KEY);
    expect(record).toMatchObject({ entries: { length: 4 } });
    const { invalidations } = await eventOf(origin);
    expect(invalidations.map(({ fromSegment }) => fromSegment - EDGE).sort()).toEqual([16, 17, 18, 19]);
  });
});
