import type { InitInspection } from './inspection';

/**
 * What is known of a track before its segment is read, from the init segment or, before one came, the configuration.
 * Defaults are trex's (ISO/IEC 14496-12, 8.8.3) and absent while no init is known: 0 is a value, absence is not.
 */
export interface Track {
  readonly trackId?: number;
  /** Ticks per second. */
  readonly timescale: number;
  readonly contentType: InitInspection['contentType'];
  readonly defaultSampleDuration?: number;
  readonly defaultSampleSize?: number;
  readonly defaultSampleFlags?: number;
  /** Ticks that the edit list takes off every time of the media. */
  readonly editMediaTime?: number;
}
