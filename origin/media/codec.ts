import { childOf, descendantOf, fourCharacters, viewOf, type Box } from './box';
import { decoderOf, MPEG4_AUDIO } from './esds';

/**
 * The `codecs` string of a sample entry (RFC 6381 and the codec's own binding to ISO BMFF), for example `avc1.640028`,
 * `mp4a.40.2`. An encrypted entry (encv, enca) is named by what it encrypts.
 * @returns undefined when the entry, or the configuration box in it, is unknown to us.
 */
export function codecOf(bytes: Uint8Array, entry: Box): string | undefined {
  const type = formatOf(bytes, entry);
  const make = CODECS.get(type);
  if (make === undefined) return undefined;
  const box = make.box === undefined ? entry : childOf(entry, make.box);
  return box && make.codec(type, viewOf(bytes, box));
}

/** The sample entry's type or, when it is encrypted, the original one from `frma` (ISO/IEC 14496-12, 8.12.2). */
export function formatOf(bytes: Uint8Array, entry: Box): string {
  if (entry.type !== 'encv' && entry.type !== 'enca') return entry.type;
  const frma = descendantOf(entry, 'sinf', 'frma');
  return frma === undefined ? entry.type : fourCharacters(bytes, frma.payload);
}

interface CodecMaker {
  /** The child box with the decoder's configuration; the sample entry itself when absent. */
  readonly box?: string;
  readonly codec: (type: string, payload: DataView) => string | undefined;
}

const itself: CodecMaker = { codec: (type) => type };

const CODECS = new Map<string, CodecMaker>([
  ['avc1', { box: 'avcC', codec: avc }],
  ['avc3', { box: 'avcC', codec: avc }],
  ['hvc1', { box: 'hvcC', codec: hevc }],
  ['hev1', { box: 'hvcC', codec: hevc }],
  ['av01', { box: 'av1C', codec: av1 }],
  ['vp09', { box: 'vpcC', codec: vp9 }],
  ['mp4a', { box: 'esds', codec: mpeg4Audio }],
  ['ac-3', itself],
  ['ec-3', itself],
  ['Opus', itself],
  ['fLaC', itself],
  ['wvtt', itself],
  ['stpp', { codec: ttml }],
]);

function hex(value: number, digits = 2): string {
  return value.toString(16).padStart(digits, '0');
}

function decimal(value: number): string {
  return String(value).padStart(2, '0');
}

/** RFC 6381, 3.3: profile_idc, constraint flags and level_idc, as they stand in avcC after its version. */
function avc(type: string, avcC: DataView): string {
  return `${type}.${hex(avcC.getUint8(1))}${hex(avcC.getUint8(2))}${hex(avcC.getUint8(3))}`;
}

/** ISO/IEC 14496-15, annex E.3. */
function hevc(type: string, hvcC: DataView): string {
  const profile = hvcC.getUint8(1);
  const space = ['', 'A', 'B', 'C'][profile >>> 6] ?? '';
  const tier = (profile & 0x20) === 0 ? 'L' : 'H';
  const compatibility = reversedBits(hvcC.getUint32(2)).toString(16).toUpperCase();
  const constraints = [6, 7, 8, 9, 10, 11].map((at) => hvcC.getUint8(at));
  while (constraints.at(-1) === 0) constraints.pop();
  const parts = [`${space}${profile & 0x1f}`, compatibility, `${tier}${hvcC.getUint8(12)}`];
  return [type, ...parts, ...constraints.map((byte) => byte.toString(16).toUpperCase())].join('.');
}

function reversedBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed = reversed * 2 + ((value >>> bit) & 1);
  return reversed;
}

/** AV1 Codec ISO Media File Format Binding, section 5: profile, level and tier, bit depth. */
function av1(type: string, av1C: DataView): string {
  const [profileAndLevel, flags] = [av1C.getUint8(1), av1C.getUint8(2)];
  const depth = (flags & 0x40) === 0 ? 8 : (flags & 0x20) === 0 ? 10 : 12;
  const tier = (flags & 0x80) === 0 ? 'M' : 'H';
  return `${type}.${profileAndLevel >>> 5}.${decimal(profileAndLevel & 0x1f)}${tier}.${decimal(depth)}`;
}

/** VP Codec ISO Media File Format Binding: vpcC is a full box. */
function vp9(type: string, vpcC: DataView): string {
  return [type, decimal(vpcC.getUint8(4)), decimal(vpcC.getUint8(5)), decimal(vpcC.getUint8(6) >>> 4)].join(
    '.',
  );
}

/** RFC 6381, 3.3: object type indication, then the audio object type of the AudioSpecificConfig. */
function mpeg4Audio(type: string, esds: DataView): string | undefined {
  const decoder = decoderOf(esds);
  if (decoder === undefined) return undefined;
  if (decoder.objectType !== MPEG4_AUDIO) return `${type}.${hex(decoder.objectType)}`;
  return decoder.audio && `${type}.40.${decoder.audio.audioObjectType}`;
}

/** The IMSC 1 profile, where the sample entry names it (W3C TTML Media Type, section 4): im1t text, im1i images. */
function ttml(type: string, entry: DataView): string {
  const text = String.fromCharCode(
    ...new Uint8Array(entry.buffer, entry.byteOffset, Math.min(entry.byteLength, 1000)),
  );
  const profile = /im1([ti])|imsc1\/(t|i)/.exec(text);
  return profile === null ? type : `${type}.ttml.im1${profile[1] ?? profile[2] ?? 't'}`;
}
