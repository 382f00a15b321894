import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'puppeteer-core';
import { cutFrames, shiftTime } from '../../demo/damage';
import type { DemoFeed, Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { launchChromium } from './chromium';

const SEGMENT_MS = 2000;
const WATCHED_MS = 36_000;

/** `window.headwater` (console/pages/player-state.js), as far as this test reads it. */
interface PlayerView {
  readonly currentTime: number;
  readonly started: boolean;
  readonly stalls: number;
  readonly segments: readonly {
    readonly kind: string;
    readonly number: number;
    readonly pipeline: string;
    readonly defects: string;
  }[];
}

/** What is wrong with pipeline `a`, which is the first in order, and for which numbers from the start of the drill. */
const DRILL = {
  withheld: { from: 0, to: 2 },
  cut: { from: 4, to: 5 },
  shifted: { from: 7, to: 8 },
  /** Its process has ended. */
  stopped: { from: 11, to: 13 },
} as const;

const within = ({ from, to }: { from: number; to: number }, n: number) => n >= from && n <= to;

/** Damages what `a` sends from segment `first` on; resolves when its process has ended. */
async function drill(feed: DemoFeed, first: number): Promise<void> {
  feed.faults.withhold = (number) => within(DRILL.withheld, number - first);
  feed.faults.transform = (bytes, number) => {
    if (within(DRILL.cut, number - first)) return cutFrames(bytes, 12);
    return within(DRILL.shifted, number - first) ? shiftTime(bytes, 5000n) : bytes;
  };
  // Segment n is sent when 2n + 2 s have passed since 1970: the last one well, the next one not any more.
  await sleep((first + DRILL.stopped.from) * SEGMENT_MS + SEGMENT_MS / 2 - Date.now());
  await feed.stop();
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
    const feed = headwater.demo?.feeds.find(({ pipeline }) => pipeline === 'a');
    if (feed === undefined) throw new Error('demo: wanted a feed of pipeline a, got none');
    const first = Math.floor(Date.now() / SEGMENT_MS) + 2;
    const before = await look();
    const drilled = drill(feed, first);
    await sleep(WATCHED_MS);
    await drilled;
    const after = await look();

    expect(after.stalls).toBe(0);
    // Both are read at ticks of the page, a quarter of a second apart.
    const paceSeconds = after.currentTime - before.currentTime - (after.atMs - before.atMs) / 1000;
    expect(Math.abs(paceSeconds)).toBeLessThan(0.6);
    expect(errors).toEqual([]);
    expect(after.segments.filter(({ defects }) => defects !== '')).toEqual([]);
    for (const kind of ['video', 'audio']) {
      const served = after.segments.filter((one) => one.kind === kind);
      const pipelines = (range: { from: number; to: number }) =>
        served.filter(({ number }) => within(range, number - first)).map(({ pipeline }) => pipeline);
      expect({ kind, ...mapValues(DRILL, pipelines) }).toEqual({
        kind,
        withheld: ['b', 'b', 'b'],
        cut: ['b', 'b'],
        shifted: ['b', 'b'],
        stopped: ['b', 'b', 'b'],
      });
      // In between, the preferred one is preferred again.
      expect([3, 6, 9, 10].map((n) => pipelines({ from: n, to: n }).join())).toEqual(['a', 'a', 'a', 'a']);
    }
  });
});

function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  of: (value: From) => To,
): Record<Key, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value as From)])) as Record<
    Key,
    To
  >;
}
