import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Frame } from 'puppeteer-core';
import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { npmPackage } from '../support/npm-package';
import { launchChromium } from './chromium';
import { drill, expectFailovers, firstOfDrill, WATCHED_MS, type PlayedSegment } from './drill';

/** Players that others write, each with what it takes to show `url` in `video`. */
const PLAYERS = {
  'dash.js': {
    script: () => join(npmPackage('dashjs', '5.2.1'), 'dist/modern/umd/dash.all.min.js'),
    manifest: 'manifest.mpd',
    start: 'dashjs.MediaPlayer().create().initialize(video, url, true);',
  },
  'hls.js': {
    script: () => join(npmPackage('hls.js', '1.7.4'), 'dist/hls.min.js'),
    manifest: 'master.m3u8',
    start: 'const hls = new Hls(); hls.loadSource(url); hls.attachMedia(video);',
  },
} as const;
type Name = keyof typeof PLAYERS;
const NAMES = Object.keys(PLAYERS) as Name[];

/** What the page of a player keeps: `window.seen`. */
interface Seen {
  readonly started: boolean;
  readonly stalls: number;
  readonly currentTime: number;
  /** The candidates of the segments that it got, by path below the event. */
  readonly candidates: readonly (readonly [path: string, candidate: string])[];
}

/**
 * They stand on an origin of their own, as viewers' pages do: what they get and read they may only by the answers' own
 * headers. Both at once beside each other, since a tab that nobody sees is given no time.
 */
describe('players of others, from another origin', () => {
  let headwater: Headwater;
  let pages: Server;
  let browser: Browser;
  let frames: readonly Frame[];
  const errors: string[] = [];

  beforeAll(async () => {
    headwater = await embeddedRun(undefined, { demo: true });
    pages = servePages(`${headwater.edgeUrl}/live/demo/loop`);
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    browser = await launchChromium();
    const page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    frames = NAMES.map((name) => page.frames().find((frame) => frame.url().endsWith(name)) as Frame);
    await Promise.all(frames.map((frame) => frame.waitForFunction('seen.started', { timeout: 40_000 })));
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    pages.close();
  });

  it('play on without a stall through the drill, and read whose segments they got', async () => {
    const first = firstOfDrill();
    const before = await Promise.all(frames.map(look));
    const drilled = drill(headwater, first);
    await sleep(WATCHED_MS);
    await drilled;
    const after = await Promise.all(frames.map(look));

    expect(errors).toEqual([]);
    for (const [index, name] of NAMES.entries()) {
      const { stalls, currentTime, candidates } = after[index] as Seen;
      expect({ name, stalls }).toEqual({ name, stalls: 0 });
      expect(currentTime - (before[index] as Seen).currentTime).toBeGreaterThan(WATCHED_MS / 1000 - 3);
      for (const representations of [['v720', 'v360'], ['a128']])
        expectFailovers(playedOf(candidates, representations), first);
    }
  });
});

async function look(frame: Frame): Promise<Seen> {
  return JSON.parse((await frame.evaluate('JSON.stringify(look())')) as string) as Seen;
}

/** In order of number, each once: a player that changes its quality may get a segment twice. */
function playedOf(candidates: Seen['candidates'], representations: readonly string[]): PlayedSegment[] {
  const played = new Map<number, PlayedSegment>();
  for (const [path, candidate] of candidates) {
    const [, representation = '', number = ''] = /([^/]+)\/(\d+)\.m4s$/.exec(path) ?? [];
    const pipeline = /pipeline="([^"]+)"/.exec(candidate)?.[1] ?? '';
    if (representations.includes(representation))
      played.set(Number(number), { number: Number(number), pipeline });
  }
  return [...played.values()].sort((one, other) => one.number - other.number);
}

function servePages(eventUrl: string): Server {
  return createServer(({ url }, response) => {
    const [, folder, name = ''] = (url ?? '/').split('/');
    const player = PLAYERS[name as Name] as (typeof PLAYERS)[Name] | undefined;
    if (player !== undefined && folder === 'script') return void response.end(readFileSync(player.script()));
    response.setHeader('Content-Type', 'text/html');
    response.end(player === undefined ? frameset() : playerPage(name, player, eventUrl));
  });
}

function frameset(): string {
  return NAMES.map((name) => `<iframe src="/player/${name}" width="380" height="240"></iframe>`).join('');
}

function playerPage(name: string, player: (typeof PLAYERS)[Name], eventUrl: string): string {
  return `<!doctype html><video muted autoplay width="320"></video>
<script src="/script/${name}"></script>
<script>
const url = ${JSON.stringify(`${eventUrl}/${player.manifest}`)};
const video = document.querySelector('video');
const seen = { started: false, stalls: 0, candidates: [] };
const look = () => ({ ...seen, currentTime: video.currentTime });
// Once it has played for three seconds: a player that comes up looks for its place.
video.addEventListener('timeupdate', () => (seen.started ||= video.played.length > 0 && video.currentTime - video.played.start(0) > 3));
video.addEventListener('waiting', () => seen.started && seen.stalls++);
const { send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.send = function (...body) {
  this.addEventListener('load', () => {
    const candidate = this.getResponseHeader('Headwater-Candidate');
    if (candidate !== null) seen.candidates.push([new URL(this.responseURL).pathname, candidate]);
  });
  return send.apply(this, body);
};
${player.start}
</script>`;
}
