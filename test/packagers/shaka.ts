import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUDIO, LIVE_INPUT, VIDEO } from './ffmpeg';
import { REPRESENTATIONS, startAt, type Packager, type PackagerOptions } from './process';

const VERSION = '3.4.2';
const BINARIES: Readonly<Record<string, string>> = {
  'linux-x64': 'packager-linux-x64',
  'linux-arm64': 'packager-linux-arm64',
  'darwin-x64': 'packager-osx-x64',
  'darwin-arm64': 'packager-osx-arm64',
};
const BINARY = BINARIES[`${process.platform}-${process.arch}`];

/**
 * shaka-packager's binary, installed beside the project: 36 MB for five platforms are too much for everybody's
 * `npm ci`. Kept in the temporary folder from one run to the next.
 */
export function installShakaPackager(): string {
  if (BINARY === undefined)
    throw new Error(`shaka-packager: no binary for ${process.platform}-${process.arch}`);
  const folder = join(tmpdir(), `headwater-shaka-packager-${VERSION}`);
  const path = join(folder, 'node_modules', 'shaka-packager', 'bin', BINARY);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  execFileSync('npm', ['install', '--prefix', folder, ...quiet, `shaka-packager@${VERSION}`]);
  return path;
}

/** Starts ffmpeg as encoder and shaka-packager behind it, joined by a pipe with a name. */
export async function startShaka(binary: string, options: PackagerOptions): Promise<Packager> {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-shaka-'));
  const pipe = join(folder, 'live.mp4');
  execFileSync('mkfifo', [pipe]);
  const packager = await startAt(options.startS, [
    ['ffmpeg', encoderArguments(options.startS, pipe)],
    [binary, packagerArguments(options, pipe)],
  ]);
  void packager.ended.then(() => rmSync(folder, { recursive: true }));
  return packager;
}

/** delay_moov: with empty_moov, the times of the fragments would begin at 0 instead of T0. */
function encoderArguments(startS: number, pipe: string): string[] {
  return [
    ...[...LIVE_INPUT, '-map', '0:v', '-map', '1:a', ...VIDEO, ...AUDIO, '-output_ts_offset', `${startS}`],
    ...['-f', 'mp4', '-movflags', 'cmaf+frag_keyframe+frag_discont+delay_moov', '-y', pipe],
  ];
}

function packagerArguments({ eventUrl, pipeline, secret, startS }: PackagerOptions, pipe: string): string[] {
  const target = new URL(eventUrl);
  target.username = pipeline;
  target.password = secret;
  const stream = (kind: 'video' | 'audio'): string => {
    const folder = `${target.href}/${REPRESENTATIONS[kind]}`;
    return `in=${pipe},stream=${kind},init_segment=${folder}/init.mp4,segment_template=${folder}/$Number$.m4s`;
  };
  return [
    ...[stream('video'), stream('audio')],
    ...['--segment_duration', '2', '--fragment_duration', '2'],
    ...['--start_segment_number', `${startS / 2}`, '--ignore_http_output_failures', '--quiet'],
  ];
}
