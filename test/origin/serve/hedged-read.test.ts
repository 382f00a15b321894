import type { Candidate } from '../../../origin/candidate';
import type { RegionStores } from '../../../origin/origin';
import type { Cancel } from '../../../origin/ports/cancel';
import { SegmentMissing, type Body } from '../../../origin/ports/segment-store';
import { FIRST_BYTE_MS_MAX, HEDGE_MS, openReplica } from '../../../origin/serve/hedged-read';
import { nodeDigester } from '../../../stores/node-digester';
import { FakeClock } from '../../support/fake-clock';
import { memoryRegion } from '../../support/memory-stores';
import { sampleCandidate } from '../../support/samples';
import { settle } from '../../support/settle';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];

/** What a region does with a read: a first byte after so many milliseconds, an error after so many, or silence. */
type Behaviour =
  { readonly afterMs: number; readonly error?: Error; readonly body?: Body } | 'silent' | undefined;

interface Begun {
  readonly region: string;
  readonly atMs: number;
  readonly cancel: Cancel;
}

/** Reads of three replicas; regions without a behaviour have none. */
function reads(...behaviours: Behaviour[]) {
  const clock = new FakeClock(0);
  const begun: Begun[] = [];
  const stores = REGIONS.map((region, at): RegionStores => {
    const behaviour = behaviours[at];
    const memory = memoryRegion(region, clock, nodeDigester);
    const read = async (_: unknown, __: unknown, cancel?: Cancel): Promise<Body> => {
      begun.push({ region, atMs: clock.nowMs(), cancel: cancel! });
      if (behaviour === 'silent' || behaviour === undefined) return new Promise(() => undefined);
      await clock.sleepUntil(clock.nowMs() + behaviour.afterMs, cancel!);
      if (behaviour.error !== undefined) throw behaviour.error;
      return behaviour.body ?? new TextEncoder().encode(region);
    };
    return { ...memory, segments: { ...memory.segments, read } };
  });
  const [local, ...peers] = stores as [RegionStores, ...RegionStores[]];
  const replicas = REGIONS.filter((_, at) => behaviours[at] !== undefined).map((region) =>
    sampleCandidate({ region }),
  );
  const failures: unknown[] = [];
  const open = async (wanted: 'all' | 'none' = 'all') => {
    const opened = await settle(
      clock,
      openReplica({ clock, local, peers }, replicas, () => wanted, failures),
    );
    return opened?.served.region;
  };
  return { clock, begun, failures, open };
}

const started = (begun: readonly Begun[]) => begun.map(({ region, atMs }) => `${region} at ${atMs}`);

describe('bytes are read from the nearest region that has them', () => {
  it('one read while it is fast, and no timer is left behind', async () => {
    const { clock, begun, open } = reads({ afterMs: HEDGE_MS - 50 }, { afterMs: 0 });
    expect(await open()).toBe('us-east-1');
    expect(started(begun)).toEqual(['us-east-1 at 0']);
    expect(clock.sleeping).toBe(0);
  });

  it('the other regions’, where this one has no replica', async () => {
    const { begun, open } = reads(undefined, { afterMs: 30 });
    expect(await open()).toBe('us-west-2');
    expect(started(begun)).toEqual(['us-west-2 at 0']);
  });

  it('none for HEAD', async () => {
    const { begun, open } = reads({ afterMs: 0 });
    expect(await open('none')).toBe('us-east-1');
    expect(begun).toEqual([]);
  });
});

describe('a slow replica', () => {
  it.each([
    ['the other region’s byte comes first', 1000, 60, 'us-west-2', [false, true]],
    ['its own byte still comes first', 225, 60, 'us-east-1', [true, false]],
  ])('is joined by the next one after %s', async (_, localMs, peerMs, from, isReadOn) => {
    const { clock, begun, open } = reads({ afterMs: localMs }, { afterMs: peerMs });
    expect(await open()).toBe(from);
    expect(started(begun)).toEqual(['us-east-1 at 0', `us-west-2 at ${HEDGE_MS}`]);
    // The loser is cancelled, the winner's stream never.
    expect(begun.map(({ cancel }) => !cancel.cancelled)).toEqual(isReadOn);
    expect(clock.sleeping).toBe(0);
  });

  it('by a third, when both are slow', async () => {
    const { begun, open } = reads({ afterMs: 900 }, { afterMs: 900 }, { afterMs: 60 });
    expect(await open()).toBe('eu-west-1');
    expect(begun.map(({ atMs }) => atMs)).toEqual([0, HEDGE_MS, 2 * HEDGE_MS]);
  });

  it('whose stream opens after the race is closed again', async () => {
    const closed = jest.fn();
    const body = (async function* () {
      try {
        yield new Uint8Array(1);
      } finally {
        closed();
      }
    })();
    const ended = jest.spyOn(body, 'return');
    const { clock, open } = reads({ afterMs: 1000, body }, { afterMs: 60 });
    expect(await open()).toBe('us-west-2');
    await clock.advance(2000);
    expect(ended).toHaveBeenCalledTimes(1);
  });
});

describe('a failing replica', () => {
  it('gives way at once, and what failed is told', async () => {
    const { begun, failures, open } = reads({ afterMs: 25, error: new Error('503') }, { afterMs: 25 });
    expect(await open()).toBe('us-west-2');
    expect(started(begun)).toEqual(['us-east-1 at 0', 'us-west-2 at 25']);
    expect(failures).toEqual([new Error('503')]);
  });

  it('whose object is not there gives way without a word', async () => {
    const { failures, open } = reads({ afterMs: 0, error: new SegmentMissing('gone') }, { afterMs: 0 });
    expect(await open()).toBe('us-west-2');
    expect(failures).toEqual([]);
  });

  it('that fails while another is under way ends nothing', async () => {
    const { open } = reads({ afterMs: 300, error: new Error('reset') }, { afterMs: 500 });
    expect(await open()).toBe('us-west-2');
  });
});

describe('silence', () => {
  it.each([
    ['of one region costs one hedge', ['silent', { afterMs: 50 }], 'us-west-2', HEDGE_MS + 50, 0],
    ['of the only region that has it ends', ['silent'], undefined, FIRST_BYTE_MS_MAX, 1],
    ['of all regions ends', ['silent', 'silent', 'silent'], undefined, FIRST_BYTE_MS_MAX + 2 * HEDGE_MS, 3],
  ] as const)('%s', async (_, behaviours, from, afterMs, failed) => {
    const { clock, failures, open } = reads(...behaviours);
    expect(await open()).toBe(from);
    expect(clock.nowMs()).toBe(afterMs);
    expect(clock.sleeping).toBe(0);
    expect(failures).toHaveLength(failed);
  });
});

it('a race keeps no replica’s order but the regions’: the same copies, listed otherwise, are read alike', async () => {
  const clock = new FakeClock(0);
  const [local, peer] = REGIONS.map((region) => memoryRegion(region, clock, nodeDigester));
  const replicas: Candidate[] = ['us-west-2', 'us-east-1'].map((region) => sampleCandidate({ region }));
  const opened = await openReplica({ clock, local: local!, peers: [peer!] }, replicas, () => 'none', []);
  expect(opened?.served.region).toBe('us-east-1');
});
