import { decodeCmsdStatic } from '@svta/cml-cmsd';
import { endEvent } from '../../../origin/events/change-event';
import {
  deploy,
  EDGE,
  eventOf,
  KEY,
  NEXT_DUE_MS,
  publish,
  publishInit,
  serve,
} from '../../support/deployment';

const INITIAL = EDGE - 5;
const FINAL = EDGE + 3;
const DEPTH_SECONDS = 600;

/** An event of nine segments, all published, its init too. */
async function published(configuration: object = { finalSegmentNumber: FINAL }) {
  const deployment = await deploy({
    initialSegmentNumber: INITIAL,
    timeShiftBufferDepthSeconds: DEPTH_SECONDS,
    ...configuration,
  });
  const { clock, origin } = deployment;
  await publishInit(origin);
  for (let number = INITIAL; number <= FINAL; number++) {
    await clock.advanceTo(Math.max(clock.nowMs(), NEXT_DUE_MS + (number - EDGE - 1) * 2000));
    await publish(origin, { number });
  }
  const get = async (path: number | string) =>
    (await serve(origin, typeof path === 'string' ? path : `v360/${path}.m4s`)).response;
  return { ...deployment, get };
}

describe('the next object', () => {
  it.each([
    ['the first segment', INITIAL, `${INITIAL + 1}.m4s`],
    ['the last but one', FINAL - 1, `${FINAL}.m4s`],
    ['the last', FINAL, undefined],
  ])('of %s', async (_, number, next) => {
    const { get } = await published();
    const cmsd = decodeCmsdStatic((await get(number)).headers['CMSD-Static']!);
    expect(cmsd.nor).toBe(next);
  });

  it('before the first segment is due is the first, served however early; before that is nothing', async () => {
    const { clock, origin } = await deploy({ initialSegmentNumber: EDGE + 3 });
    const statusOf = async (number: number) =>
      (await serve(origin, `v360/${number}.m4s`)).response.headers['Cache-Control'];
    expect(await statusOf(EDGE + 2)).toBe('max-age=60');
    expect(await statusOf(EDGE + 3)).toBe('max-age=0');
    expect(await statusOf(EDGE + 4)).toBe('max-age=4');
    await clock.advanceTo(NEXT_DUE_MS + 1500);
    await publish(origin, { number: EDGE + 3 });
    expect((await serve(origin, `v360/${EDGE + 3}.m4s`)).response.status).toBe(200);
  });
});

describe('after the end', () => {
  const DUE_MS = NEXT_DUE_MS + 2 * 2000;
  const EXPIRES_MS = DUE_MS + DEPTH_SECONDS * 1000;

  it.each([
    ['a final segment that was configured', async () => published()],
    [
      'one that an operator named later',
      async () => {
        const deployment = await published({});
        await endEvent(deployment.origin, KEY, FINAL);
        return deployment;
      },
    ],
  ])('edge and window stand still until the event expires: %s', async (_, make) => {
    const { clock, get } = await make();
    const statuses = async () =>
      Promise.all([INITIAL - 1, INITIAL, FINAL, FINAL + 1].map(async (number) => (await get(number)).status));
    for (const nowMs of [DUE_MS, EXPIRES_MS - 1]) {
      await clock.advanceTo(nowMs);
      expect(await statuses()).toEqual([404, 200, 200, 404]);
    }
    await clock.advance(1);
    expect(await statuses()).toEqual([404, 404, 404, 404]);
    expect((await get('manifest.mpd')).status).toBe(404);
  });

  it('the oldest segment of the frozen window is kept as long as the window', async () => {
    const depthSeconds = 4 * 3600;
    const { clock, origin } = await deploy({ timeShiftBufferDepthSeconds: depthSeconds });
    await publish(origin);
    await clock.advance(depthSeconds * 1000);
    await endEvent(origin, KEY, EDGE + depthSeconds / 2);
    const { expiresAtMs } = (await eventOf(origin)).head;
    await clock.advanceTo(expiresAtMs! - 1);
    expect((await serve(origin, `v360/${EDGE}.m4s`)).response.status).toBe(200);
  });

  it('manifests say that it is over as soon as the last segment is due, and an MPD is static a minute later', async () => {
    const { clock, get } = await published();
    await clock.advanceTo(DUE_MS);
    const over = await get('manifest.mpd');
    expect(over.body).toMatch(/type="dynamic"(?!.*minimumUpdatePeriod).* mediaPresentationDuration=/);
    expect(over.headers['Cache-Control']).toContain('max-age=2,');
    await clock.advanceTo(DUE_MS + 60_000);
    const mpd = await get('manifest.mpd');
    expect(mpd.body).toContain('type="static"');
    expect(mpd.headers['Cache-Control']).toBe('public, max-age=60');
    const playlist = await get('v360/media.m3u8');
    expect(playlist.body).toMatch(/#EXT-X-ENDLIST\n$/);
    expect(playlist.headers['Cache-Control']).toBe('public, max-age=60');
  });
});
