/**
 * Writes demo/asset/asset.json: what ffprobe measures of the demo loop. Called by make-demo-asset.sh.
 * The feed, the demo's Live Event Configuration and the tests take their numbers from it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SEGMENT_DURATION_MS = 2000;
const SEGMENTS = 8;
const asset = join(__dirname, '..', 'demo', 'asset');

interface Stream {
  readonly codec_type: 'video' | 'audio';
  readonly time_base: string;
  readonly r_frame_rate: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_rate?: string;
  readonly channels?: number;
}
interface Packet {
  readonly dts: number;
  readonly duration: number;
}

/** What ffprobe says of one segment behind its init. */
function probe(
  id: string,
  position: number,
): { readonly stream: Stream; readonly packets: readonly Packet[] } {
  const folder = mkdtempSync(join(tmpdir(), 'demo-asset-'));
  try {
    const file = join(folder, 'segment.mp4');
    writeFileSync(file, Buffer.concat([read(id, 'init.mp4'), read(id, `${position}.m4s`)]));
    const args = ['-v', 'error', '-of', 'json', '-show_streams', '-show_packets', file];
    const { streams, packets } = JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8' })) as {
      streams: [Stream];
      packets: Packet[];
    };
    return { stream: streams[0], packets };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(id: string, name: string): Buffer {
  return readFileSync(join(asset, id, name));
}

/** RFC 6381: profile, constraints and level as avcC has them, or the object type of the AudioSpecificConfig. */
function codecsOf(id: string, contentType: Stream['codec_type']): string {
  const init = read(id, 'init.mp4');
  if (contentType === 'video') return `avc1.${init.subarray(init.indexOf('avcC') + 5).toString('hex', 0, 3)}`;
  // DecoderSpecificInfo: tag 5, a length of four bytes in ffmpeg's files, then five bits of object type.
  const config = init.indexOf(Buffer.from([0x05, 0x80, 0x80, 0x80]), init.indexOf('esds')) + 5;
  return `mp4a.40.${init.readUInt8(config) >> 3}`;
}

function describe(id: string) {
  const probed = Array.from({ length: SEGMENTS }, (_, position) => probe(id, position));
  const { stream } = probe(id, 0);
  const timescale = Number(stream.time_base.split('/')[1]);
  const segments = probed.map(({ packets }) => {
    const [first, last] = [packets.at(0), packets.at(-1)];
    if (first === undefined || last === undefined) throw new Error(`${id}: wanted packets, got none`);
    // ffprobe does not always know the first packet's duration, so the sum is taken from the ends.
    const durationTicks = last.dts + last.duration - first.dts;
    return { startTicks: first.dts, durationTicks, sampleCount: packets.length };
  });
  const bitsPerSecond = segments.map(
    ({ durationTicks }, position) =>
      (statSync(join(asset, id, `${position}.m4s`)).size * 8 * timescale) / durationTicks,
  );
  return {
    configuration: {
      id,
      contentType: stream.codec_type,
      codecs: codecsOf(id, stream.codec_type),
      bandwidth: Math.ceil(Math.max(...bitsPerSecond) / 1000) * 1000,
      timescale,
      ...(stream.codec_type === 'video'
        ? { frameRate: stream.r_frame_rate.replace(/\/1$/, ''), width: stream.width, height: stream.height }
        : { sampleRate: Number(stream.sample_rate), channels: stream.channels }),
    },
    loopTicks: (timescale * SEGMENT_DURATION_MS * SEGMENTS) / 1000,
    segments,
  };
}

const description = {
  segmentDurationMs: SEGMENT_DURATION_MS,
  representations: ['v720', 'v360', 'a128'].map(describe),
};
writeFileSync(join(asset, 'asset.json'), `${JSON.stringify(description, null, 1)}\n`);
