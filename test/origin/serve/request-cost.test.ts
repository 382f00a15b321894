import { EventDirectory } from '../../../origin/events/event-directory';
import { TimelineMemory } from '../../../origin/manifests/timeline-memory';
import { defect } from '../../../origin/media/defect';
import type { Origin } from '../../../origin/origin';
import { NEVER } from '../../../origin/ports/cancel';
import { serveSegment } from '../../../origin/serve/serve-segment';
import { nodeDigester } from '../../../stores/node-digester';
import { counting } from '../../support/counting';
import { untold } from '../../support/serving';
import { FakeClock } from '../../support/fake-clock';
import { memoryEvents, memoryRegion } from '../../support/memory-stores';
import { NOW_MS, sampleBytes, sampleCandidate, sampleHead, sampleRef } from '../../support/samples';

/** The newest that is due at {@link NOW_MS}: segments of 2 s from 1970, published 0.5 s after their end. */
const EDGE = NOW_MS / 2000 - 2;
const KEY = { tenant: 'acme', event: 'final' };

/** Two regions; `a` is published clean for the edge in the local one, defective for the number before. */
async function twoRegions() {
  const clock = new FakeClock(NOW_MS);
  const local = counting(memoryRegion('us-east-1', clock, nodeDigester));
  const peer = counting(memoryRegion('us-west-2', clock, nodeDigester));
  const stores = counting(memoryEvents(clock));
  const { events, ...tokens } = stores.stores;
  const head = sampleHead({ createdAtMs: 0 });
  const configuration = { ...head.configuration, initialSegmentNumber: EDGE - 5000 };
  await events.writeHead({ ...head, configuration }, 0);
  const origin: Origin = {
    ...{ clock, digester: nodeDigester, local: local.stores, peers: [peer.stores] },
    ...{ ...tokens, eventStore: events },
    events: new EventDirectory(events, clock, () => 0),
    timelines: new TimelineMemory(),
    serving: untold(clock, local.stores.region),
  };
  for (const [number, defects] of [
    [EDGE, []],
    [EDGE - 1, [defect('short', { missing: 11 })]],
  ] as const) {
    const bytes = sampleBytes(`segment ${number}`);
    const ref = sampleRef(bytes, { number });
    await local.stores.segments.write(ref, bytes, NOW_MS + 7_200_000);
    await local.stores.candidates.record(sampleCandidate({ ...ref, defects }));
  }
  const event = (await origin.events.get(KEY))!;
  for (const { counts } of [local, peer, stores]) counts.reset();
  const get = async (number: number, wanted: 'all' | 'none' = 'all') => {
    const outcome = await serveSegment(origin, {
      ...{ event, representation: 'v720', number, wanted: () => wanted, cancel: NEVER },
    });
    return { kind: outcome.kind, local: local.counts.all, peer: peer.counts.all, events: stores.counts.all };
  };
  return { get };
}

const QUERY = { 'candidates.ofSegment': 1 };
const QUERY_AND_READ = { ...QUERY, 'segments.read': 1 };

it.each([
  ['a clean segment', EDGE, 'all', 'selected', QUERY_AND_READ, {}],
  ['HEAD, or what the client has already', EDGE, 'none', 'selected', QUERY, {}],
  ['a defective one: the other region is asked', EDGE - 1, 'all', 'selected', QUERY_AND_READ, QUERY],
  ['one that is gone: the other region is asked', EDGE - 100, 'all', 'gone', QUERY, QUERY],
  ['one too far in the future', EDGE + 500, 'all', 'early', {}, {}],
  ['one before the event', EDGE - 6000, 'all', 'never', {}, {}],
  ['one that left the DVR window', EDGE - 4000, 'all', 'gone', {}, {}],
] as const)('a GET of %s costs what it must and no more', async (_, number, wanted, kind, local, peer) => {
  const { get } = await twoRegions();
  expect(await get(number, wanted)).toEqual({ kind, local, peer, events: {} });
});
