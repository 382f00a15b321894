/**
 * Takes the README's picture of the player page from a running origin, after a failover has been seen:
 * `node --import tsx scripts/screenshot.ts [http://127.0.0.1:8080] [docs/img/player.png]`
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { launchChromium } from '../test/browser/chromium';

const [origin = 'http://127.0.0.1:8080', file = 'docs/img/player.png'] = process.argv.slice(2);
const VIEWPORT = { width: 1280, height: 840, deviceScaleFactor: 1 };
/** Media segments to wait for: the grid is full with 30 numbers of two tracks. */
const SEGMENTS = 60;

async function takeScreenshot(): Promise<void> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.setViewport(VIEWPORT);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
    await page.goto(`${origin}/console/player.html`);
    await page.waitForFunction(`window.headwater?.segments.length >= ${SEGMENTS}`, { timeout: 120_000 });
    mkdirSync(dirname(file), { recursive: true });
    await page.screenshot({ path: file });
  } finally {
    await browser.close();
  }
}

void takeScreenshot();
