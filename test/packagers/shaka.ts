import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmPackage } from '../support/npm-package';
import { AUDIO, LIVE_INPUT, VIDEO } from './ffmpeg';
import { REPRESENTATIONS, startAt, type Packager, type PackagerOptions } from './process';

const BINARIES: Readonly<Record<string, string>> = {
  'linux-x64': 'packager-linux-x64',
  'linux-arm64': 'packager-linux-arm64',
  'darwin-x64': 'packager-osx-x64',
  'darwin-arm64': 'packager-osx-arm64',
};
const BINARY = BINARIES[`${process.platform}-${process.arch}`];

/** The path of shaka-packager's binary for this machine; its package has five. */
export function installShakaPackager(): string {
  if (BINARY === undefined)
    throw new Error(`shaka-packager: no binary for ${process.platform}-${process.arch}`);
  return join(npmPackage('shaka-packager', '3.4.2'), 'bin', BINARY);
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
