import { childOf, viewOf, type Box } from './box';
import { channelsOfConfiguration } from './channel-configuration';
import { formatOf } from './codec';
import { decoderOf } from './esds';

/** What is heard of an audio track; absent what its sample entry does not say. */
export interface Sound {
  readonly channels?: number;
  /** Samples a second. */
  readonly sampleRate?: number;
}

/**
 * Channels and rate of an AudioSampleEntry (ISO/IEC 14496-12, 12.2.3.2). For most codecs its channelcount is a constant 2
 * that means nothing (ISO/IEC 14496-14, 6.7.2; ETSI TS 102 366, F.3), so the decoder's own configuration counts first.
 * The rate is 16.16 fixed point, and 0 where it does not fit.
 */
export function soundOf(bytes: Uint8Array, entry: Box): Sound {
  const fields = viewOf(bytes, entry);
  if (fields.byteLength < 28) return {};
  const sampleRate = fields.getUint16(24);
  const decoder = DECODERS.get(formatOf(bytes, entry));
  const box = decoder && childOf(entry, decoder.box);
  const configuration = box && viewOf(bytes, box);
  const isTold =
    decoder !== undefined && configuration !== undefined && configuration.byteLength >= decoder.least;
  const channels = isTold ? decoder.channels(configuration) : fields.getUint16(16);
  return { ...(channels !== undefined && { channels }), ...(sampleRate > 0 && { sampleRate }) };
}

interface Decoder {
  /** The child box with the decoder's configuration, and how many bytes of it are read. */
  readonly box: string;
  readonly least: number;
  /** Undefined where even that leaves it open. */
  readonly channels: (payload: DataView) => number | undefined;
}

const DECODERS = new Map<string, Decoder>([
  ['mp4a', { box: 'esds', least: 4, channels: mpeg4 }],
  ['ac-3', { box: 'dac3', least: 2, channels: ac3 }],
  ['ec-3', { box: 'dec3', least: 5, channels: enhancedAc3 }],
  // Encapsulation of Opus in ISO BMFF, 4.3.2: Version, OutputChannelCount.
  ['Opus', { box: 'dOps', least: 2, channels: (dOps) => dOps.getUint8(1) }],
  // STREAMINFO (RFC 9639, 8.2) after two headers: 20 bits of sample rate, 3 bits of channels less one.
  ['fLaC', { box: 'dfLa', least: 21, channels: (dfLa) => ((dfLa.getUint8(20) >>> 1) & 7) + 1 }],
]);

/** HE-AAC v2: a mono channel from which the decoder makes two. */
const PARAMETRIC_STEREO = 29;

function mpeg4(esds: DataView): number | undefined {
  const audio = decoderOf(esds)?.audio;
  if (audio?.audioObjectType === PARAMETRIC_STEREO) return 2;
  return audio && channelsOfConfiguration(audio.channelConfiguration);
}

/** Channels by acmod (ETSI TS 102 366, 4.4.2.3), without the one for low frequencies. */
const CHANNELS_OF_ACMOD = [2, 1, 2, 3, 3, 4, 4, 5] as const;

/** F.4: fscod 2 bits, bsid 5, bsmod 3, acmod 3, lfeon 1. */
function ac3(dac3: DataView): number {
  const bits = dac3.getUint16(0) >>> 2;
  return speakers(bits >>> 1, bits);
}

/** F.6: the first independent substream begins after 16 bits. What dependent ones add to it is not told here. */
function enhancedAc3(dec3: DataView): number | undefined {
  const dependent = (dec3.getUint8(4) >>> 1) & 15;
  return dependent > 0 ? undefined : speakers(dec3.getUint8(3) >>> 1, dec3.getUint8(3));
}

function speakers(acmod: number, lfeon: number): number {
  return (CHANNELS_OF_ACMOD[acmod & 7] as number) + (lfeon & 1);
}
