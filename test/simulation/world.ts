import type { Candidate } from '../../origin/candidate';
import { EventDirectory } from '../../origin/events/event-directory';
import type { EventEntry } from '../../origin/events/event-record';
import type { LiveEvent } from '../../origin/events/live-event';
import { TimelineMemory } from '../../origin/manifests/timeline-memory';
import { defect, severityOf, type Defect } from '../../origin/media/defect';
import type { Origin, RegionStores } from '../../origin/origin';
import { nodeDigester } from '../../stores/node-digester';
import { untold } from '../support/serving';
import { FakeClock } from '../support/fake-clock';
import { liveEvent } from '../support/live-event';
import { memoryEvents, memoryRegion } from '../support/memory-stores';
import { EDGE, KEY } from '../support/deployment';
import { NOW_MS, sampleBytes, sampleMask, sampleRef } from '../support/samples';
import type { Random } from './random';

const REGIONS = ['eu-west-1', 'us-east-1', 'us-west-2', 'ap-south-1'];
const PIPELINES = ['a', 'b', 'c'];
const FAULTS: readonly Defect[] = [
  defect('short', { missing: 11 }),
  defect('long', { extra: 1 }),
  defect('discontinuity', { ticks: 960 }),
  defect('late', { ms: 7000 }),
];

/** A PUT that a region acknowledged. */
export interface Acknowledged {
  readonly region: string;
  readonly candidate: Candidate;
}

/** One segment of one event in several regions, which can be cut off from each other. */
export interface World {
  readonly event: LiveEvent;
  readonly stores: readonly RegionStores[];
  readonly acknowledged: readonly Acknowledged[];
  /** Whom nobody hears, and who hears nobody. */
  readonly cut: ReadonlySet<string>;
  /** One region's origin as the network is now. */
  origin(region: string): Origin;
}

/** What happens to one number: who publishes what where, in any order, what is flagged, masked, preferred and cut. */
export async function happenings(random: Random): Promise<World> {
  const clock = new FakeClock(NOW_MS);
  const regions = REGIONS.slice(0, random.whole(2, 4));
  const pipelines = PIPELINES.slice(0, random.whole(2, 3));
  const event = liveEvent(
    {
      initialSegmentNumber: EDGE - 1000,
      ...{ pipelines, regions, whenAllDefective: random.chance(0.2) ? 'reject' : 'serve' },
    },
    entriesOf(random, pipelines),
  );
  const stores = regions.map((region) => memoryRegion(region, clock, nodeDigester));
  const acknowledged: Acknowledged[] = [];
  for (const step of stepsOf(random, pipelines, regions)) {
    const local = stores.find(({ region }) => region === step.region)!;
    if (step.kind === 'flag') await flag(local, step.pipeline, step.defects);
    else acknowledged.push(...(await publish(local, step)));
  }
  const cut = new Set(regions.filter(() => random.chance(0.15)));
  return { event, stores, acknowledged, cut, origin: (region) => originOf(clock, stores, cut, region) };
}

function entriesOf(random: Random, pipelines: readonly string[]): EventEntry[] {
  const masks = pipelines
    .filter(() => random.chance(0.15))
    .map((pipeline) => sampleMask(`mask-${pipeline}`, { pipeline, fromSegment: EDGE - random.whole(-1, 1) }));
  const base = { kind: 'preference', id: 'preference', atMs: NOW_MS, by: 'operator-1' } as const;
  const preference = { ...base, fromSegment: EDGE, order: random.shuffled(pipelines) };
  return random.chance(0.3) ? [...masks, preference] : masks;
}

interface Step {
  readonly kind: 'put' | 'flag';
  readonly region: string;
  readonly pipeline: string;
  readonly bytes: Uint8Array;
  readonly defects: readonly Defect[];
}

/** Every pipeline to every region, some lost, some twice, some with other bytes; flags at any time. All shuffled. */
function stepsOf(random: Random, pipelines: readonly string[], regions: readonly string[]): Step[] {
  const steps = pipelines.flatMap((pipeline) => {
    const defects = FAULTS.filter(() => random.chance(0.15));
    return regions.flatMap((region): Step[] => {
      const split = random.chance(0.1);
      const bytes = sampleBytes(split ? `${pipeline} restarted` : random.one([pipeline, 'shared']), 64);
      const put = { kind: 'put', region, pipeline, bytes, defects: split ? [] : defects } as const;
      const flagged = { ...put, kind: 'flag', defects: [defect('repeated', { of: EDGE - 1 })] } as const;
      return [put, put, flagged].filter((_, at) => random.chance([0.75, 0.2, 0.15][at]!));
    });
  });
  return random.shuffled(steps);
}

async function publish(local: RegionStores, { pipeline, bytes, defects }: Step): Promise<Acknowledged[]> {
  const candidate: Candidate = {
    ...sampleRef(bytes, { ...KEY, number: EDGE, pipeline }),
    ...{ region: local.region, publishedAtMs: NOW_MS, expiresAtMs: NOW_MS + 7_200_000, defects },
  };
  await local.segments.write(candidate, bytes, candidate.expiresAtMs);
  const { kind } = await local.candidates.record(candidate);
  return kind === 'recorded' ? [{ region: local.region, candidate }] : [];
}

async function flag(local: RegionStores, pipeline: string, defects: readonly Defect[]): Promise<void> {
  const found = await local.candidates.ofSegment({ ...KEY, representation: 'v720', number: EDGE });
  const held = found.find((candidate) => candidate.pipeline === pipeline);
  if (held !== undefined && severityOf(held.defects) < severityOf(defects))
    await local.candidates.flag(held, [...held.defects, ...defects]);
}

function originOf(
  clock: FakeClock,
  stores: readonly RegionStores[],
  cut: ReadonlySet<string>,
  region: string,
): Origin {
  const local = stores.find((one) => one.region === region)!;
  const peers = stores
    .filter((one) => one !== local)
    .map((one) => (cut.has(one.region) || cut.has(region) ? unreachable(one) : one));
  const { events, ...tokens } = memoryEvents(clock);
  return {
    ...{ clock, digester: nodeDigester, local, peers, eventStore: events, ...tokens },
    ...{ events: new EventDirectory(events, clock, () => 0), timelines: new TimelineMemory() },
    serving: untold(clock, region),
  };
}

function unreachable(region: RegionStores): RegionStores {
  const fails = async (): Promise<never> => Promise.reject(new Error(`${region.region} is cut off`));
  return {
    ...region,
    candidates: { ...region.candidates, ofSegment: fails, ofRange: fails },
    segments: { write: fails, read: fails },
  };
}
