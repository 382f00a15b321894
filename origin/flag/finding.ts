import type { MaskEntry } from '../events/event-record';
import type { Defect } from '../media/defect';

/** Who flags, masks and purges by rule: such entries are taken back like an operator's. */
export const REVIEWER = 'stream-processor';

/** Members of the inspection that epoch-locked pipelines must share; `init`: the identity of their init segments. */
export type Disagreement =
  'sampleCount' | 'durationTicks' | 'baseMediaDecodeTime' | 'timescale' | 'audioPhase' | 'init';

/** What one segment alone cannot show. Flags change the next decision; the rest is for alarms and health. */
export type Finding =
  /** Its retry deadline passed, and no region that answered has it of this pipeline. */
  | { readonly kind: 'missing'; readonly pipeline: string; readonly number: number }
  /** Regions hold different bytes of one pipeline, and each is valid. */
  | { readonly kind: 'split'; readonly pipeline: string; readonly number: number }
  | {
      readonly kind: 'disagree';
      readonly number: number;
      readonly pipelines: readonly string[];
      readonly member: Disagreement;
      /** Of `audioPhase`: ticks by which the second pipeline's frames lie after the first's, signed. */
      readonly ticks?: number;
    }
  | {
      readonly kind: 'flagged';
      readonly pipeline: string;
      readonly number: number;
      readonly defects: readonly Defect[];
    }
  /** The event's configuration allowed it. */
  | { readonly kind: 'masked'; readonly pipeline: string; readonly number: number; readonly mask: MaskEntry };
