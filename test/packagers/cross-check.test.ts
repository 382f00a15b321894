import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectedInit, soundSegment } from '../support/inspected';
import { fixture, FIXTURE_NAMES } from '../support/media';

/** Encoded here and now, by whatever ffmpeg is installed. */
const ENCODERS = {
  'libx264, B-frames': [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-bf',
    '3',
    '-g',
    '50',
    '-sc_threshold',
    '0',
  ],
  'libx265, B-frames': [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1', '-bf', '2'],
    ...['-x265-params', 'log-level=none:keyint=50:min-keyint=50:scenecut=0:open-gop=0'],
  ],
  'libvpx-vp9': ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50'],
  'aac, priming in the edit list': ['-c:a', 'aac', '-b:a', '32k', '-ar', '44100'],
  libopus: ['-c:a', 'libopus', '-b:a', '24k', '-ar', '48000'],
  eac3: ['-c:a', 'eac3', '-b:a', '64k', '-ar', '48000'],
} as const;
/** Seven segments: the end of the last is not to be seen from the next, so six are compared. */
const SECONDS = 14;
/** 2026-01-01T00:00:00Z: times as live media has them. */
const T0_S = 1_767_225_600;

interface Track {
  readonly init: Uint8Array;
  readonly segments: readonly Uint8Array[];
}

/** What both readers say of one segment, ticks of the track as text. */
interface Told {
  readonly tfdt: string;
  readonly samples: number;
  readonly duration: string;
  readonly startsWithSync: boolean;
}

const work = mkdtempSync(join(tmpdir(), 'headwater-cross-check-'));
afterAll(() => rmSync(work, { recursive: true }));

let compared = 0;

describe('inspection says what ffprobe says of each segment', () => {
  it.each(Object.keys(ENCODERS) as (keyof typeof ENCODERS)[])('%s', (name) => {
    const track = encoded(name);
    expect(track.segments.length).toBeGreaterThanOrEqual(SECONDS / 2);
    expect(inspected(track)).toEqual(probed(track));
    compared += track.segments.length - 1;
  });

  const timed = FIXTURE_NAMES.filter((name) => !['stpp', 'wvtt'].includes(name));
  it.each(timed)('the fixture %s', (name) => {
    const { initBytes, segments } = fixture(name);
    const track = { init: initBytes, segments: segments.map(({ bytes }) => bytes) };
    expect(track.segments.length).toBeGreaterThanOrEqual(2);
    expect(inspected(track)).toEqual(probed(track));
    compared += track.segments.length - 1;
  });

  it('in 60 segments or more', () => expect(compared).toBeGreaterThanOrEqual(60));
});

function inspected({ init, segments }: Track): readonly Told[] {
  const header = inspectedInit(init);
  return segments.slice(0, -1).map((bytes) => {
    const { baseMediaDecodeTime, sampleCount, durationTicks, startsWithSync } = soundSegment(bytes, header);
    return {
      ...{ tfdt: baseMediaDecodeTime.toString(), samples: sampleCount },
      ...{ duration: durationTicks.toString(), startsWithSync },
    };
  });
}

/**
 * One ffprobe for the whole track: a packet belongs to the segment in whose bytes it lies, and lasts until the next one.
 * (ffprobe's own `duration` is absent, or what the codec says, at the end of some fragments.)
 */
function probed({ init, segments }: Track): readonly Told[] {
  const path = join(work, 'track.mp4');
  writeFileSync(path, Buffer.concat([init, ...segments]));
  const entries = ['-show_entries', 'packet=dts,pos,flags', '-show_packets', '-of', 'json'];
  const arguments_ = ['-v', 'quiet', '-ignore_editlist', '1', ...entries, path];
  const { packets } = JSON.parse(execFileSync('ffprobe', arguments_).toString()) as {
    packets: readonly Packet[];
  };
  let end = init.length;
  return segments.slice(0, -1).map((bytes) => {
    const start = end;
    end += bytes.length;
    const own = packets.filter(({ pos }) => Number(pos) >= start && Number(pos) < end);
    const next = packets.find(({ pos }) => Number(pos) >= end);
    return {
      ...{ tfdt: String(own[0]?.dts), samples: own.length },
      duration: String((next?.dts ?? NaN) - (own[0]?.dts ?? NaN)),
      startsWithSync: own[0]?.flags.startsWith('K') ?? false,
    };
  });
}

interface Packet {
  readonly dts: number;
  /** Offset in the file. */
  readonly pos: string;
  /** K: a key frame. */
  readonly flags: string;
}

/** A track as docs/packagers.md has ffmpeg cut it, into files. */
function encoded(name: keyof typeof ENCODERS): Track {
  const folder = join(work, name.replaceAll(/\W+/g, '-'));
  mkdirSync(folder);
  const encoder: readonly string[] = ENCODERS[name];
  const isVideo = encoder.includes('-c:v');
  const source = isVideo ? 'testsrc2=size=128x72:rate=25' : 'sine=frequency=440:sample_rate=48000';
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-f', 'lavfi', '-t', `${SECONDS}`, '-i', source],
    ...[...encoder, ...(isVideo ? ['-pix_fmt', 'yuv420p'] : []), '-output_ts_offset', `${T0_S}`],
    ...['-f', 'hls', '-hls_segment_type', 'fmp4', '-hls_time', '2', '-hls_list_size', '0'],
    ...['-hls_segment_options', 'movflags=+frag_discont', '-hls_fmp4_init_filename', 'init.mp4'],
    ...['-start_number', '100', '-hls_segment_filename', join(folder, '%d.m4s'), join(folder, 'media.m3u8')],
  ]);
  const numbers = readdirSync(folder).filter((file) => file.endsWith('.m4s'));
  return {
    init: readFileSync(join(folder, 'init.mp4')),
    segments: numbers.sort().map((file) => readFileSync(join(folder, file))),
  };
}
