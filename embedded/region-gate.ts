import type { SegmentKey } from '../origin/candidate';
import type { RegionStores } from '../origin/origin';
import type { EmbeddedRegion } from '../stores/embedded';

/** A region's stores behind a switch: while it is down every call rejects, as those of an unreachable region would. */
export interface RegionGate extends RegionStores {
  /** What every call meets on its way to the stores. */
  readonly troubles: GateTroubles;
  open(stores: GatedStores): void;
  shut(): void;
  /** Calls `listener` for every change of a candidate; without a segment when the gate opens or shuts. */
  readonly onChange: (listener: (segment: SegmentKey | undefined) => void) => void;
}

/** Set by whoever rehearses failures; a call goes on when they resolve and fails when they reject. */
export interface GateTroubles {
  beforeCall?: (() => Promise<void>) | undefined;
  beforeWrite?: (() => Promise<void>) | undefined;
}

type GatedStores = Pick<EmbeddedRegion, 'candidates' | 'segments' | 'documents' | 'uploads'>;

/** Makes the gate of `region`, shut. Other regions keep it over restarts of the region behind it. */
export function regionGate(region: string): RegionGate {
  let stores: GatedStores | undefined;
  const listeners: ((segment: SegmentKey | undefined) => void)[] = [];
  const tell = (segment?: SegmentKey) => listeners.forEach((listener) => listener(segment));
  // `async`, so that a shut gate rejects and never throws.
  const troubles: GateTroubles = {};
  const reach = async <T>(call: (open: GatedStores) => Promise<T>): Promise<T> => {
    await troubles.beforeCall?.();
    if (stores === undefined) throw new Error(`region ${region} is down`);
    return call(stores);
  };
  const write = async <T>(call: (open: GatedStores) => Promise<T>): Promise<T> => {
    await troubles.beforeWrite?.();
    return reach(call);
  };
  return {
    ...{ region, troubles },
    open(opened) {
      stores = opened;
      opened.candidates.onChange(({ after }) => tell(after));
      tell();
    },
    shut() {
      stores = undefined;
      tell();
    },
    onChange: (listener) => void listeners.push(listener),
    candidates: {
      ofSegment: (segment) => reach(({ candidates }) => candidates.ofSegment(segment)),
      ofRange: (representation, from, to) =>
        reach(({ candidates }) => candidates.ofRange(representation, from, to)),
      record: (candidate) => write(({ candidates }) => candidates.record(candidate)),
      flag: (ref, defects) => write(({ candidates }) => candidates.flag(ref, defects)),
      // Never rejects, by contract; the read that follows does.
      awaitChange: (segment, untilMs, cancel) =>
        stores?.candidates.awaitChange(segment, untilMs, cancel) ?? Promise.resolve(),
    },
    segments: {
      write: (ref, bytes, expiresAtMs) => write(({ segments }) => segments.write(ref, bytes, expiresAtMs)),
      read: (ref, range, cancel) => reach(({ segments }) => segments.read(ref, range, cancel)),
    },
    documents: {
      write: (event, path, document) => write(({ documents }) => documents.write(event, path, document)),
      read: (event, path) => reach(({ documents }) => documents.read(event, path)),
    },
    uploads: {
      get bytesMax() {
        return stores?.uploads.bytesMax ?? 0;
      },
      offer: (ref, expiresAtMs) => reach(({ uploads }) => uploads.offer(ref, expiresAtMs)),
      find: (ref) => reach(({ uploads }) => uploads.find(ref)),
    },
  };
}
