import type { RegionStores } from '../origin/origin';

/** A region's stores behind a switch: while it is down every call rejects, as those of an unreachable region would. */
export interface RegionGate extends RegionStores {
  open(stores: Omit<RegionStores, 'region'>): void;
  shut(): void;
}

/** Makes the gate of `region`, shut. Other regions keep it over restarts of the region behind it. */
export function regionGate(region: string): RegionGate {
  let stores: Omit<RegionStores, 'region'> | undefined;
  // `async`, so that a shut gate rejects and never throws.
  const reach = async <T>(call: (open: Omit<RegionStores, 'region'>) => Promise<T>): Promise<T> => {
    if (stores === undefined) throw new Error(`region ${region} is down`);
    return call(stores);
  };
  return {
    region,
    open: (opened) => void (stores = opened),
    shut: () => void (stores = undefined),
    candidates: {
      ofSegment: (segment) => reach(({ candidates }) => candidates.ofSegment(segment)),
      ofRange: (representation, from, to) =>
        reach(({ candidates }) => candidates.ofRange(representation, from, to)),
      record: (candidate) => reach(({ candidates }) => candidates.record(candidate)),
      flag: (ref, defects) => reach(({ candidates }) => candidates.flag(ref, defects)),
      // Never rejects, by contract; the read that follows does.
      awaitChange: (segment, untilMs, cancel) =>
        stores?.candidates.awaitChange(segment, untilMs, cancel) ?? Promise.resolve(),
    },
    segments: {
      write: (ref, bytes, expiresAtMs) => reach(({ segments }) => segments.write(ref, bytes, expiresAtMs)),
      read: (ref, range, cancel) => reach(({ segments }) => segments.read(ref, range, cancel)),
    },
    documents: {
      write: (event, path, document) => reach(({ documents }) => documents.write(event, path, document)),
      read: (event, path) => reach(({ documents }) => documents.read(event, path)),
    },
  };
}
