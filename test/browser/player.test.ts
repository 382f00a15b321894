import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'puppeteer-core';
import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { launchChromium } from './chromium';
import {
  drill,
  expectFailovers,
  feedOf,
  firstOfDrill,
  WATCHED_MS,
  within,
  type PlayedSegment,
} from './drill';

/** `window.headwater` (console/pages/player-state.js), as far as this test reads it. */
interface PlayerView {
  readonly currentTime: number;
  readonly started: boolean;
  readonly stalls: number;
  readonly segments: readonly (PlayedSegment & {
    readonly kind: string;
    readonly defects: string;
    readonly end: number;
  })[];
}

describe.each(['dash', 'hls'])('a player of %s', (format) => {
  let headwater: Headwater;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    headwater = await embeddedRun(undefined, { demo: true });
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${headwater.edgeUrl}/console/player.html?format=${format}`);
    await page.waitForFunction('window.headwater?.started', { timeout: 30_000 });
  });

  afterAll(async () => {
    await browser.close();
    await headwater.stop();
  });

  async function look(): Promise<PlayerView & { readonly atMs: number }> {
    const text = await page.evaluate('JSON.stringify({ ...window.headwater, atMs: performance.now() })');
    return JSON.parse(text as string) as PlayerView & { atMs: number };
  }

  it('plays on without a stall while the preferred pipeline withholds, cuts, shifts and stops', async () => {
    const first = firstOfDrill();
    const before = await look();
    const drilled = drill(headwater, first);
    await sleep(WATCHED_MS);
    await drilled;
    const after = await look();

    expect(after.stalls).toBe(0);
    // Both are read at ticks of the page, a quarter of a second apart.
    const paceSeconds = after.currentTime - before.currentTime - (after.atMs - before.atMs) / 1000;
    expect(Math.abs(paceSeconds)).toBeLessThan(0.6);
    expect(errors).toEqual([]);
    expect(after.segments.filter(({ defects }) => defects !== '')).toEqual([]);
    for (const kind of ['video', 'audio'])
      expectFailovers(
        after.segments.filter((one) => one.kind === kind),
        first,
      );
  });

  it('leaves out what no pipeline had, however many segments, and goes on', async () => {
    const hole = { from: firstOfDrill(), to: firstOfDrill() + 4 };
    feedOf(headwater, 'b').faults.withhold = (number) => within(hole, number);
    await page.waitForFunction(
      `(() => {
        const { segments, currentTime } = window.headwater;
        return segments.some(({ kind, number, start, end }) =>
          kind === 'video' && number > ${hole.to} && start <= currentTime && currentTime < end);
      })()`,
      { timeout: 90_000 },
    );
    expect((await look()).segments.filter(({ number }) => within(hole, number))).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('plays the event to its end, and says so', async () => {
    const ended = await fetch(`${headwater.edgeUrl}/control/v1/tenants/demo/events/loop/end`, {
      ...{ method: 'POST', body: '{}' },
      headers: { authorization: `Bearer ${headwater.controlToken}` },
    });
    const { configuration } = (await ended.json()) as { configuration: { finalSegmentNumber: number } };
    const { finalSegmentNumber } = configuration;
    await page.waitForFunction("window.headwater.trouble === 'The event has ended.'", { timeout: 60_000 });
    const { segments, currentTime } = await look();
    const last = segments.filter(({ kind }) => kind === 'video').at(-1);
    expect(last?.number).toBe(finalSegmentNumber);
    expect(Math.abs((last?.end ?? 0) - currentTime)).toBeLessThan(1);
    expect(errors).toEqual([]);
  });
});
