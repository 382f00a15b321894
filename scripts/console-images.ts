/**
 * Takes the pictures of the console that the documentation shows, from the running demo: a failover, an explanation, the
 * same in the dark and on a phone. `node --import tsx scripts/console-images.ts [directory]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { cutFrames } from '../demo/damage';
import { startHeadwater, type Headwater } from '../embedded';
import { launchChromium } from '../test/browser/chromium';

const SEGMENT_MS = 2000;
const DESKTOP = { width: 1440, height: 960 };
/** Until the timeline and the charts are full. */
const FILLED_MS = 120_000;
const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

async function main(directory: string): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'headwater-images-'));
  const headwater = await startHeadwater({
    dataDirectory: data,
    edgePort: 0,
    regions: [
      { name: 'us-east-1', port: 0 },
      { name: 'us-west-2', port: 0 },
    ],
    demo: true,
    writeLog: () => undefined,
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => process.stderr.write(`page: ${String(error)}\n`));
    page.on('console', (message) => {
      if (message.type() === 'error') process.stderr.write(`page: ${message.text()}\n`);
    });
    await page.setViewport(DESKTOP);
    await page.goto(`${headwater.edgeUrl}/console/#token=${headwater.controlToken}&event=demo/loop`);
    const shot = (name: string) => page.screenshot({ path: join(directory, `${name}.png`) });
    await sleep(FILLED_MS);
    const first = troubleA(headwater);
    await sleep(26_000);
    await shot('console');
    await dark(page, true);
    await sleep(3000);
    await shot('console-dark');
    await dark(page, false);
    await explain(page, first);
    await shot('console-explain');
    await page.setViewport(PHONE);
    await page.evaluate('scrollTo(0, 0)');
    await sleep(1500);
    await shot('console-phone');
  } finally {
    await browser.close();
    await headwater.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Pipeline `a` loses frames for three segments, and is gone from six later on. @returns the first bad number */
function troubleA(headwater: Headwater): number {
  const feed = headwater.demo?.feeds.find(({ pipeline }) => pipeline === 'a');
  if (feed === undefined) throw new Error('demo: wanted a feed of pipeline a, got none');
  const first = Math.floor(Date.now() / SEGMENT_MS) + 1;
  feed.faults.transform = (bytes, number) =>
    number >= first && number < first + 3 ? cutFrames(bytes, 12) : bytes;
  feed.faults.withhold = (number) => number >= first + 6;
  return first;
}

async function dark(page: Page, on: boolean): Promise<void> {
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: on ? 'dark' : 'light' }]);
}

/** Explains the first segment that lost frames, the way a person with a keyboard does. */
async function explain(page: Page, first: number): Promise<void> {
  await page.evaluate(`window.headwater.grid.goTo({ row: 0, number: ${first + 1} })`);
  await page.keyboard.press('Enter');
  await sleep(1200);
}

void main(process.argv[2] ?? join(__dirname, '..', 'docs', 'img'));
