import { REPRESENTATIONS, startAt, type Packager, type PackagerOptions } from './process';

export interface FfmpegOptions extends PackagerOptions {
  /** `hls` names by number, a burst after the segment's end; `dash` by time, while it is encoded. */
  readonly format: 'hls' | 'dash';
}

/** Starts ffmpeg at T0 as encoder and packager of one pipeline. docs/packagers.md explains the options. */
export function startFfmpeg(options: FfmpegOptions): Promise<Packager> {
  const output = options.format === 'hls' ? hlsOutput : dashOutput;
  const video = ['-map', '0:v', ...VIDEO, ...output(options, REPRESENTATIONS.video)];
  const audio = ['-map', '1:a', ...AUDIO, ...output(options, REPRESENTATIONS.audio)];
  return startAt(options.startS, [['ffmpeg', [...LIVE_INPUT, ...video, ...audio]]]);
}

/** A test picture and a tone in real time; `-re` stands for what a camera does by itself. */
export const LIVE_INPUT = [
  ...['-hide_banner', '-loglevel', 'warning', '-nostdin'],
  ...['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'],
  ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
];

/** Closed GOPs of exactly one segment, whatever the picture. */
export const VIDEO = [
  ...[
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-pix_fmt',
    'yuv420p',
    '-b:v',
    '200k',
  ],
  ...['-bf', '0', '-g', '50', '-keyint_min', '50', '-sc_threshold', '0'],
];

/** The filter makes up for the encoder's priming frame, which would begin 1024 samples before T0. */
export const AUDIO = [...['-c:a', 'aac', '-b:a', '64k', '-ar', '48000', '-ac', '2', '-af', 'asetpts=N+1024']];

/** One track by the HLS muxer. `startS` is a multiple of the segment duration, `segmentMs`. */
export function hlsOutput(
  { eventUrl, pipeline, secret, startS }: PackagerOptions,
  representation: string,
  segmentMs = 2000,
): string[] {
  const folder = `${eventUrl.href}/${representation}`;
  const credential = Buffer.from(`${pipeline}:${secret}`).toString('base64');
  return [
    ...['-output_ts_offset', `${startS}`, '-f', 'hls', '-method', 'PUT', '-http_persistent', '1'],
    ...['-headers', `Authorization: Basic ${credential}\r\n`],
    ...['-hls_time', `${segmentMs / 1000}`, '-hls_segment_type', 'fmp4'],
    ...['-hls_segment_options', 'movflags=+frag_discont'],
    ...['-start_number', `${Math.round((startS * 1000) / segmentMs)}`, '-hls_fmp4_init_filename', 'init.mp4'],
    ...['-hls_segment_filename', `${folder}/%d.m4s`, `${folder}/media.m3u8`],
  ];
}

function dashOutput(
  { eventUrl, pipeline, secret, startS }: PackagerOptions,
  representation: string,
): string[] {
  const folder = new URL(`${eventUrl.href}/${representation}`);
  folder.username = pipeline;
  folder.password = secret;
  return [
    ...['-output_ts_offset', `${startS}`, '-f', 'dash', '-method', 'PUT', '-http_persistent', '1'],
    ...['-http_opts', 'auth_type=basic', '-ignore_io_errors', '1'],
    ...['-seg_duration', '2', '-use_template', '1', '-use_timeline', '0', '-window_size', '5'],
    ...['-format_options', 'movflags=+frag_discont'],
    ...['-init_seg_name', 'init.mp4', '-media_seg_name', 't$Time$.m4s', `${folder.href}/manifest.mpd`],
  ];
}
