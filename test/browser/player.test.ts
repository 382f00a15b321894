import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'puppeteer-core';
import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { launchChromium } from './chromium';
import { drill, expectFailovers, firstOfDrill, WATCHED_MS, type PlayedSegment } from './drill';

/** `window.headwater` (console/pages/player-state.js), as far as this test reads it. */
interface PlayerView {
  readonly currentTime: number;
  readonly started: boolean;
  readonly stalls: number;
  readonly segments: readonly (PlayedSegment & { readonly kind: string; readonly defects: string })[];
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
});
