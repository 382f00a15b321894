/** What the bytes are, as far as the way to the regions depends on it. */
export type ParcelKind =
  | 'init'
  | 'segment'
  /** A packager's own manifest: only the newest is worth sending. */
  | 'document'
  /** Passthrough objects and whatever else: sent as it is. */
  | 'other';

/** One whole body on its way to the regions: immutable, and shared by all senders. */
export interface Parcel {
  readonly kind: ParcelKind;
  /** As at the origin: `/live/{tenant}/{event}/{path}`. */
  readonly path: string;
  /** Whose it is, for people and metrics: `tenant/event/representation`, or the open name in place of the last. */
  readonly track: string;
  /** Lower-case names, without the credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** SHA-256, lower-case hexadecimal. */
  readonly digest: string;
  /** UTC milliseconds. */
  readonly receivedAtMs: number;
  /** Order of arrival; goes on over restarts. */
  readonly sequence: number;
}

/** Numbers parcels: later ones are greater, after a restart too. */
export function parcelSequence(nowMs: number, previous: number): number {
  return Math.max(nowMs * 1000, previous + 1);
}

/** Everything of a parcel but its bytes. */
export type ParcelHead = Omit<Parcel, 'bytes'> & { readonly size: number };

export function headOf({ bytes, ...rest }: Parcel): ParcelHead {
  return { ...rest, size: bytes.length };
}
