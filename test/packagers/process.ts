import { spawn, type ChildProcess } from 'node:child_process';

/** Epoch seconds at which pipelines may start: AAC frames and 2 s segments meet every 8 s. */
export const START_GRID_S = 8;

/** What every packager of these tests is told. */
export interface PackagerOptions {
  /** The event's URL, for example `http://127.0.0.1:8081/live/demo/loop`. */
  readonly eventUrl: URL;
  readonly pipeline: string;
  readonly secret: string;
  /** T0, epoch seconds, a multiple of {@link START_GRID_S}: the media's first time, and when it is to start. */
  readonly startS: number;
}

/** The representations that every packager of these tests sends. */
export const REPRESENTATIONS = { video: 'v180', audio: 'a64' } as const;

/** The event these packagers publish to, in the form of a Live Event Configuration. */
export const PACKAGED_EVENT = {
  availabilityStartTime: '1970-01-01T00:00:00Z',
  segmentTemplate: {
    timescale: 1000,
    duration: 2000,
    startNumber: 0,
    initialization: '$RepresentationID$/init.mp4',
    media: '$RepresentationID$/$Number$.m4s',
    ingestMedia: '$RepresentationID$/t$Time$.m4s',
  },
  pipelines: ['a', 'b'],
  representations: [
    { id: REPRESENTATIONS.video, contentType: 'video', bandwidth: 400_000, frameRate: '25' },
    { id: REPRESENTATIONS.audio, contentType: 'audio', bandwidth: 70_000, lang: 'en' },
  ],
};

/**
 * The next start at which a process still has time to come up, epoch seconds.
 * @param gridMs starts are multiples of it, whole milliseconds.
 */
export function nextStartS(nowMs: number, gridMs = START_GRID_S * 1000): number {
  return (Math.ceil((nowMs + 1000) / gridMs) * gridMs) / 1000;
}

/** One running packager: one process, or an encoder and what packages for it. */
export interface Packager {
  /** What it wrote on its standard error. */
  readonly messages: () => string;
  /** The exit codes of its processes, once all have ended. */
  readonly ended: Promise<readonly (number | null)[]>;
  /** SIGTERM; resolves when all have ended. */
  readonly stop: () => Promise<void>;
}

/** Waits for T0 and starts the commands. */
export async function startAt(
  startS: number,
  commands: readonly (readonly [string, readonly string[]])[],
): Promise<Packager> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, startS * 1000 - Date.now())));
  let messages = '';
  const children = commands.map(([command, args]) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (text: Buffer) => (messages += text.toString()));
    return child;
  });
  const ended = Promise.all(children.map(exitOf));
  return {
    messages: () => messages,
    ended,
    async stop() {
      for (const child of children) child.kill('SIGTERM');
      await ended;
    },
  };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
