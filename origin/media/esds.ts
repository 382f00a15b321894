/** Object type "MPEG-4 audio" (ISO/IEC 14496-1, table 5), which alone has an AudioSpecificConfig. */
export const MPEG4_AUDIO = 0x40;

/** What an esds box says of its decoder. */
export interface Mpeg4Decoder {
  /** objectTypeIndication. */
  readonly objectType: number;
  /** Of MPEG-4 audio, where the descriptor is there. */
  readonly audio?: AudioSpecificConfig;
}

/** The beginning of AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). */
export interface AudioSpecificConfig {
  readonly audioObjectType: number;
  /** 0: described elsewhere. */
  readonly channelConfiguration: number;
}

/** ISO/IEC 14496-1, 7.2.6.5: ES_ID and flags, then what the flags announce, then the decoder's configuration. */
export function decoderOf(esds: DataView): Mpeg4Decoder | undefined {
  const stream = descriptorAt(esds, 4);
  if (stream?.tag !== 3) return undefined;
  const flags = esds.getUint8(stream.payload + 2);
  let at = stream.payload + 3;
  if ((flags & 0x80) !== 0) at += 2;
  if ((flags & 0x40) !== 0) at += 1 + esds.getUint8(at);
  if ((flags & 0x20) !== 0) at += 2;
  const decoder = descriptorAt(esds, at);
  if (decoder?.tag !== 4) return undefined;
  const objectType = esds.getUint8(decoder.payload);
  const specific = objectType === MPEG4_AUDIO ? descriptorAt(esds, decoder.payload + 13) : undefined;
  if (specific?.tag !== 5) return { objectType };
  return { objectType, audio: audioSpecificConfig(esds, specific.payload) };
}

function audioSpecificConfig(view: DataView, at: number): AudioSpecificConfig {
  let bit = at * 8;
  /** Beyond the end all bits are 0: "not told here", where it comes to the channels. */
  const bitAt = (position: number) =>
    position < view.byteLength * 8 ? (view.getUint8(position >>> 3) >>> (7 - (position & 7))) & 1 : 0;
  const next = (bits: number) => {
    let value = 0;
    for (let end = bit + bits; bit < end; bit++) value = value * 2 + bitAt(bit);
    return value;
  };
  const short = next(5);
  const audioObjectType = short === 31 ? 32 + next(6) : short;
  // An index of 15 is followed by the rate itself.
  if (next(4) === 15) next(24);
  return { audioObjectType, channelConfiguration: next(4) };
}

/** Tag and size, seven bits a byte, four bytes at most (ISO/IEC 14496-1, 8.3.3). */
function descriptorAt(
  view: DataView,
  at: number,
): { readonly tag: number; readonly payload: number } | undefined {
  for (let length = 1; length <= 4; length++) {
    if ((view.getUint8(at + length) & 0x80) === 0)
      return { tag: view.getUint8(at), payload: at + length + 1 };
  }
  return undefined;
}
