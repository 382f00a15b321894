import { descendantOf, viewOf, type Box } from './box';

/** One entry of an edit list (ISO/IEC 14496-12, 8.6.6). */
export interface Edit {
  /** Movie timescale; 0 in fragmented files: to the end. */
  readonly durationTicks: bigint;
  /** Track timescale; -1 is an empty edit. */
  readonly mediaTime: bigint;
  /** 16.16 fixed point. */
  readonly rate: number;
}

const NORMAL_RATE = 0x1_0000;

/**
 * Reads a guarded track's edit list. A single edit from the media's beginning to its end changes nothing and is left out,
 * since packagers differ in writing it. The library reads the 64-bit times of version 1 wrongly above 2^31.
 */
export function editsOf(bytes: Uint8Array, trak: Box): readonly Edit[] {
  const elst = descendantOf(trak, 'edts', 'elst');
  if (elst === undefined) return [];
  const view = viewOf(bytes, elst);
  const wide = view.getUint8(0) !== 0;
  const edits: Edit[] = [];
  for (let index = 0; index < view.getUint32(4); index++) {
    const at = 8 + index * (wide ? 20 : 12);
    edits.push({
      durationTicks: wide ? view.getBigUint64(at) : BigInt(view.getUint32(at)),
      mediaTime: wide ? view.getBigInt64(at + 8) : BigInt(view.getInt32(at + 4)),
      rate: view.getInt32(at + (wide ? 16 : 8)),
    });
  }
  return edits.length === 1 && edits.every(changesNothing) ? [] : edits;
}

function changesNothing({ durationTicks, mediaTime, rate }: Edit): boolean {
  return durationTicks === 0n && mediaTime === 0n && rate === NORMAL_RATE;
}

/** Where presentation begins in the media, ticks; 0 without an edit that says otherwise. */
export function editMediaTime(edits: readonly Edit[]): number {
  const presented = edits.find(({ mediaTime }) => mediaTime >= 0n);
  return presented === undefined ? 0 : Number(presented.mediaTime);
}
