/**
 * Writes demo/asset/asset.json: what ffprobe measures of the demo loop. Called by make-demo-asset.sh.
 * The feed, the demo's Live Event Configuration and the tests take their numbers from it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectInit } from '../origin/media/inspect-init';
import { nodeDigester } from '../stores/node-digester';

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

function codecsOf(id: string): string {
  const inspected = inspectInit(read(id, 'init.mp4'), nodeDigester);
  if (inspected.kind !== 'init' || inspected.init.codec === undefined)
    throw new Error(`${id}/init.mp4: wanted a track of a known codec, got ${JSON.stringify(inspected)}`);
  return inspected.init.codec;
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
      codecs: codecsOf(id),
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
