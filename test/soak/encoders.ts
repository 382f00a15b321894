import { AUDIO, hlsOutput } from '../packagers/ffmpeg';
import { startAt, type Packager, type PackagerOptions } from '../packagers/process';

/** What two pipelines of one event encode, and the event that takes it. */
export interface Format {
  readonly frameRate: string;
  /** Frames of a segment. */
  readonly gop: number;
  readonly segmentMs: number;
  readonly segmentTemplate: { readonly timescale: number; readonly duration: number };
}

export const FORMATS = {
  '25 fps in 2 s': {
    ...{ frameRate: '25', gop: 50, segmentMs: 2000 },
    segmentTemplate: { timescale: 1000, duration: 2000 },
  },
  '30000/1001 fps in 2.002 s': {
    ...{ frameRate: '30000/1001', gop: 60, segmentMs: 2002 },
    segmentTemplate: { timescale: 30_000, duration: 60_060 },
  },
} as const satisfies Record<string, Format>;

export const VIDEO_ID = 'v90';
/** Representation to samples a second. */
export const AUDIO_RATES = { a48: 48_000, a44: 44_100 } as const;
export const REPRESENTATION_IDS = [VIDEO_ID, ...Object.keys(AUDIO_RATES)];

/** The Live Event Configuration of a format, publishing apart. */
export function configurationOf({ frameRate, segmentTemplate }: Format) {
  const audio = Object.keys(AUDIO_RATES).map((id) => ({ id, contentType: 'audio', bandwidth: 40_000 }));
  return {
    availabilityStartTime: '1970-01-01T00:00:00Z',
    segmentTemplate: {
      ...segmentTemplate,
      startNumber: 0,
      initialization: '$RepresentationID$/init.mp4',
      media: '$RepresentationID$/$Number$.m4s',
    },
    timeShiftBufferDepthSeconds: 7200,
    pipelines: ['a', 'b'],
    representations: [{ id: VIDEO_ID, contentType: 'video', bandwidth: 100_000, frameRate }, ...audio],
  };
}

/**
 * Milliseconds between starts that every track can say in whole ticks: segments of 2 s begin on one everywhere, while
 * 2.002 s are 88288.2 samples at 44.1 kHz, so only every fifth segment of these does.
 */
export function startGridMs({ segmentMs }: Format): number {
  const isWhole = (ms: number) => Object.values(AUDIO_RATES).every((rate) => (ms * rate) % 1000 === 0);
  let gridMs = segmentMs;
  while (!isWhole(gridMs)) gridMs += segmentMs;
  return gridMs;
}

/** One pipeline: one ffmpeg, a picture and two tones in real time, three tracks. Small, so that many fit on a laptop. */
export function startEncoder(format: Format, options: PackagerOptions): Promise<Packager> {
  const output = (id: string) => hlsOutput(options, id, format.segmentMs);
  const tones = Object.values(AUDIO_RATES).map((rate) => `sine=frequency=440:sample_rate=${rate}`);
  const inputs = [`testsrc2=size=160x90:rate=${format.frameRate}`, ...tones];
  return startAt(options.startS, [
    [
      'ffmpeg',
      [
        ...['-hide_banner', '-loglevel', 'warning', '-nostdin'],
        ...inputs.flatMap((input) => ['-re', '-f', 'lavfi', '-i', input]),
        ...['-map', '0:v', ...video(format), ...output(VIDEO_ID)],
        ...Object.entries(AUDIO_RATES).flatMap(([id, rate], at) => [
          ...['-map', `${at + 1}:a`, ...AUDIO, '-b:a', '32k', '-ac', '1', '-ar', `${rate}`],
          ...output(id),
        ]),
      ],
    ],
  ]);
}

function video({ gop }: Format): string[] {
  return [
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-tune',
      'zerolatency',
      '-pix_fmt',
      'yuv420p',
      '-threads',
      '1',
    ],
    ...['-b:v', '60k', '-bf', '0', '-g', `${gop}`, '-keyint_min', `${gop}`, '-sc_threshold', '0'],
  ];
}
