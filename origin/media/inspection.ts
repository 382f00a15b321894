/** What the boxes of one media segment say. Ticks are in the track's timescale and may exceed 2^53. */
export interface SegmentInspection {
  readonly trackId: number;
  /** Ticks per second, from the init segment or the configuration. */
  readonly timescale: number;
  /** tfdt of the first fragment (ISO/IEC 14496-12, 8.8.12), ticks. */
  readonly baseMediaDecodeTime: bigint;
  /** Sum of all sample durations, ticks. */
  readonly durationTicks: bigint;
  readonly sampleCount: number;
  /**
   * From the first tfdt to the end of the last sample, ticks; absent where it equals `durationTicks`, which is where no
   * fragment leaves a gap or overlaps.
   */
  readonly spanTicks?: bigint;
  /** No init segment is known and the fragments give no durations: `durationTicks` says nothing. */
  readonly durationUnknown?: true;
  /** The most common sample duration, ticks: one video frame, one audio frame. Absent without samples. */
  readonly frameTicks?: bigint;
  /**
   * Earliest presentation time minus tfdt, ticks: composition offsets of reordered video less the edit list's media time,
   * which is also how AAC priming is taken off. Absent when 0.
   */
  readonly presentationOffsetTicks?: bigint;
  /** The first sample is a sync sample. */
  readonly startsWithSync: boolean;
  /** moof/mdat pairs. */
  readonly fragmentCount: number;
  /** mfhd sequence number of the first fragment; counts within one packager process only. */
  readonly sequenceNumber: number;
  /**
   * SHA-256 of the mdat payload, or with many fragments of their digests one after another, lower-case hexadecimal; what
   * `repeated` compares.
   */
  readonly mediaDigest?: string;
  /** Wall-clock time that the encoder stamped on the segment (prft), UTC milliseconds. */
  readonly encodedAtMs?: number;
  /** styp brand `slat`: filler made by the packager, no pictures of the event. */
  readonly filler?: true;
  /** styp brand `lmsg`: the packager's last segment. Recorded; ends nothing by itself. */
  readonly last?: true;
}

/** What an init segment (CMAF header) says, as far as candidates must agree on it and manifests need it. */
export interface InitInspection {
  readonly trackId: number;
  /** mdhd timescale, ticks per second. */
  readonly timescale: number;
  /** hdlr handler type mapped to the configuration's words. */
  readonly contentType: 'video' | 'audio' | 'text' | 'application';
  /** RFC 6381, for example `avc1.640028`; absent when the sample entry is unknown to us. */
  readonly codec?: string;
  readonly width?: number;
  readonly height?: number;
  readonly sampleRate?: number;
  readonly channels?: number;
  /** trex default sample duration, ticks; 0 when each fragment says it. */
  readonly defaultSampleDuration: number;
  readonly defaultSampleSize: number;
  readonly defaultSampleFlags: number;
  /** Where in the media the edit list begins to present, ticks: reordering delay or priming. Absent when 0. */
  readonly editMediaTime?: number;
  /** Common encryption: default KID (UUID form) and the pssh boxes (base64), when the track is encrypted. */
  readonly protection?: {
    readonly scheme: string;
    readonly defaultKid: string;
    readonly pssh: readonly string[];
  };
  /**
   * SHA-256 of what two inits must share so that either plays the media of both: track id, timescale, edit list, trex,
   * sample entries and tenc; not creation times and not free boxes.
   */
  readonly identity: string;
}
