import type { SegmentStore } from '../../origin/ports/segment-store';

/**
 * Two tiers of one region: `hot` answers in milliseconds and may lose everything, `durable` has it all. A write is
 * acknowledged by the durable one; whatever the hot one does not answer, for whatever reason, is read there.
 */
export function hotSegments(hot: SegmentStore, durable: SegmentStore): SegmentStore {
  return {
    async write(ref, bytes, expiresAtMs) {
      // Together, and both to their end: a function is frozen once it has answered.
      const warmed = hot.write(ref, bytes, expiresAtMs).catch(() => undefined);
      await durable.write(ref, bytes, expiresAtMs);
      await warmed;
    },

    async read(ref, range, cancel) {
      try {
        return await hot.read(ref, range, cancel);
      } catch (error) {
        // Nobody waits any more: a second read would be for nobody.
        if (cancel?.cancelled === true) throw error;
        return durable.read(ref, range, cancel);
      }
    },
  };
}
