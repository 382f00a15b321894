import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDemoAsset } from '../../demo/asset';
import { DEMO_CONFIGURATION } from '../../demo/event';
import { startHeadwater } from '../../embedded';
import { headwater } from './command-line';

/** An embedded run with one event, made and published to as operators and packagers do it. */
export interface OperatedEvent {
  /** PUTs a segment. @returns the status */
  put(secret: string, number: number): Promise<number>;
  stop(): Promise<void>;
}

export const EVENT = 'acme/final';
/** The one representation of the event. */
export const TRACK = 'v720';

/** The newest number whose media has ended. */
export function newestNumber(): number {
  return Math.floor(Date.now() / 2000) - 1;
}

/**
 * Starts it; the environment says where it is. Whatever is sent may come ten minutes late, so the machine's speed plays no
 * part.
 * @param sent how many segments each pipeline has sent, from `first` on
 */
export async function startOperatedEvent(
  directory: string,
  { first, sent }: { readonly first: number; readonly sent: Readonly<Record<string, number>> },
): Promise<OperatedEvent> {
  const asset = loadDemoAsset();
  const running = await startHeadwater({
    dataDirectory: join(directory, '.headwater'),
    edgePort: 0,
    regions: [{ name: 'one', port: 0 }],
    demo: false,
    writeLog: () => undefined,
  });
  const url = running.regions[0]?.url ?? '';
  process.env['HEADWATER_CONTROL'] = url;
  process.env['HEADWATER_CONTROL_TOKEN'] = running.controlToken;
  const put = async (secret: string, name: string, body: Uint8Array) => {
    const headers = { authorization: `Bearer ${secret}` };
    return (await fetch(`${url}/live/${EVENT}/${TRACK}/${name}`, { method: 'PUT', headers, body })).status;
  };
  writeFileSync(
    join(directory, 'event.json'),
    JSON.stringify({
      ...DEMO_CONFIGURATION,
      initialSegmentNumber: first,
      timeShiftBufferDepthSeconds: 3600,
      publish: { retryDeadlineMs: 600_000 },
      representations: DEMO_CONFIGURATION.representations.filter(({ id }) => id === TRACK),
    }),
  );
  const made = await headwater('event', 'put', EVENT, join(directory, 'event.json'), '--new');
  if (made.code !== 0) throw new Error(made.err);
  for (const [pipeline, count] of Object.entries(sent)) {
    const { out, err, code } = await headwater('pipeline', 'credential', EVENT, pipeline, '--overlap', '0');
    if (code !== 0) throw new Error(err);
    const secret = out.trim();
    await put(secret, 'init.mp4', asset.init(TRACK));
    for (let number = first; number < first + count; number++)
      if ((await put(secret, `${number}.m4s`, asset.segment(TRACK, number))) !== 201)
        throw new Error(`${pipeline}: ${number} was refused`);
  }
  return {
    put: (secret, number) => put(secret, `${number}.m4s`, asset.segment(TRACK, number)),
    async stop() {
      delete process.env['HEADWATER_CONTROL'];
      delete process.env['HEADWATER_CONTROL_TOKEN'];
      await running.stop();
    },
  };
}
