import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { DemoFeed, Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { seriousIssues } from './axe';
import { DESKTOP, PHONE, watchedPage } from './watched-page';

const SEGMENT_MS = 2000;

/** Rows of the demo: v720, v360 and a128, of pipelines a and b each. */
const [V720_A, V720_B] = [0, 1];

/** Tests go on from each other, as an operator's evening does. */
describe('the console', () => {
  const watched = watchedPage();
  let headwater: Headwater;
  let page: Page;

  beforeAll(async () => {
    headwater = await embeddedRun(undefined, { demo: true });
    ({ page } = watched);
  });

  const feedA = (): DemoFeed => {
    const feed = headwater.demo?.feeds.find(({ pipeline }) => pipeline === 'a');
    if (feed === undefined) throw new Error('demo: wanted a feed of pipeline a, got none');
    return feed;
  };
  /** A number whose sending has not begun. */
  const comingNumber = () => Math.floor(Date.now() / SEGMENT_MS) + 1;
  const cell = (row: number, number: number) =>
    page.evaluate(`JSON.stringify(window.headwater.model.cell(${row}, ${number}))`).then(
      (text) =>
        JSON.parse(text as string) as {
          readonly fate: string;
          readonly selected: boolean;
          readonly mask: string;
        },
    );
  const until = (condition: string) => watched.until(condition);
  const cellIs = (row: number, number: number, condition: string) =>
    until(`((cell) => ${condition})(window.headwater.model.cell(${row}, ${number}))`);
  const textOf = (selector: string) => watched.textOf(selector);
  const isDisabled = (selector: string) => watched.isDisabled(selector);

  it('asks for a token, and says when it is wrong', async () => {
    await page.goto(`${headwater.edgeUrl}/console/`);
    await page.waitForSelector('#sign-in-token', { visible: true });
    expect(await seriousIssues(page)).toEqual([]);
    await page.type('#sign-in-token', 'not-the-token');
    await watched.press('Enter');
    await until('document.getElementById("sign-in-problem").textContent !== ""');
    expect(await textOf('#sign-in-problem')).toBe('This token is not valid here.');
  });

  it('takes the token of a link out of the address, and keeps it for the tab alone', async () => {
    await page.goto('about:blank');
    await page.goto(`${headwater.edgeUrl}/console/#token=${headwater.controlToken}&event=demo/loop`);
    await page.waitForSelector('#console', { visible: true });
    expect(page.url()).toBe(`${headwater.edgeUrl}/console/#event=demo/loop`);
    expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain(headwater.controlToken);
    expect(await page.browserContext().cookies()).toEqual([]);
    await page.reload();
    await page.waitForSelector('#console', { visible: true });
  });

  it('shows segments as they come, and who serves them', async () => {
    await until('window.headwater?.model.rows.length === 6');
    const number = comingNumber();
    await cellIs(V720_A, number, "cell.fate === 'good'");
    await cellIs(V720_B, number, "cell.fate === 'good'");
    expect((await cell(V720_A, number)).selected).toBe(true);
    expect((await cell(V720_B, number)).selected).toBe(false);
    await until('document.getElementById("status").dataset.level === "ok"');
    expect(await textOf('#status-title')).toBe('Viewers get pipeline a');
    await until('window.headwater.grid.drawn > 0');
  });

  it('shows a pipeline that stops as missing, while the other is selected', async () => {
    const first = comingNumber();
    feedA().faults.withhold = (number) => number >= first;
    await cellIs(V720_B, first, "cell.fate === 'good' && cell.selected");
    await cellIs(V720_A, first + 3, "cell.fate === 'missing'");
    await until('/Pipeline a/.test(document.getElementById("status-title").textContent)');
    expect(await textOf('#status-detail')).toContain('Viewers get pipeline b');
    await until('/Down/.test(document.getElementById("pipelines").textContent)');
    expect(await textOf('.incidents')).toMatch(/Missing: \d+ segments/);
    expect(await page.evaluate('window.headwater.screen.state.stalls')).toBe(0);
  });

  it('goes to the fault and explains it by keyboard alone', async () => {
    await page.reload();
    await until('window.headwater?.model.liveEdge > 0');
    await watched.press('Tab', 'Enter');
    expect(await watched.focused()).toBe('timeline-grid');
    await watched.press('f');
    expect(await textOf('#grid-cell')).toMatch(/^v720, pipeline a, segment \d+: missing/);
    await watched.press('Enter');
    await page.waitForSelector('.explain article', { visible: true });
    expect(await watched.focused()).toBe('panel-explain');
    expect(await textOf('.explain-why')).toMatch(/Served from pipeline b.*Pipeline a has published nothing/s);
    expect(await textOf('.candidate.is-served')).toContain('us-east-1');
    await watched.press('Escape', 'ArrowDown');
    expect(await watched.focused()).toBe('timeline-grid');
    expect(await textOf('#grid-cell')).toContain('pipeline b');
  });

  it('marks a range by keyboard, for the form that masks it', async () => {
    await page.keyboard.down('Shift');
    await watched.press('ArrowLeft', 'ArrowLeft');
    await page.keyboard.up('Shift');
    await watched.press('m');
    await page.waitForSelector('#form-mask', { visible: true });
    const valueOf = async (name: string) =>
      Number(await page.evaluate(`document.getElementById('mask-${name}').value`));
    expect((await valueOf('toSegment')) - (await valueOf('fromSegment'))).toBe(2);
    expect(await page.evaluate("document.getElementById('mask-pipeline').value")).toBe('b');
    await page.evaluate(
      "for (const id of ['toSegment', 'representation']) document.getElementById('mask-' + id).value = ''",
    );
  });

  it('has nothing that axe-core calls serious, in any view, light and dark', async () => {
    for (const scheme of ['light', 'dark'])
      for (const tab of ['history', 'explain', 'change']) {
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        await page.click(`#tab-${tab}`);
        expect({ scheme, tab, issues: await seriousIssues(page) }).toEqual({ scheme, tab, issues: [] });
      }
    await page.emulateMediaFeatures([]);
  });

  it('looks at a mask before it makes it, and undoes it', async () => {
    await page.click('#tab-change');
    await page.select('#mask-pipeline', 'a');
    await watched.fill('#mask-fromSegment', String(comingNumber() - 5));
    await page.type('#mask-reason', 'frozen picture');
    expect(await isDisabled('#form-mask [type=submit]')).toBe(true);
    await page.click('#form-mask [type=button]');
    await until('/segment/.test(document.querySelector("#form-mask .outcome").textContent)');
    await page.click('#form-mask [type=submit]');
    await until('/masked from/.test(document.querySelector(".in-force").textContent)');
    expect(await textOf('.in-force')).toContain('frozen picture');
    await cellIs(V720_A, comingNumber() - 2, "cell.mask === 'operator'");
    await page.click('#tab-history');
    await until('/mask/.test(document.querySelector(".history").textContent)');
    await page.click('#tab-change');
  });

  it('says what viewers would lose, and wants it confirmed', async () => {
    await page.select('#mask-pipeline', 'b');
    await watched.fill('#mask-fromSegment', String(comingNumber() + 2));
    await page.click('#form-mask [type=button]');
    await page.waitForSelector('#form-mask .force', { visible: true });
    expect(await textOf('#form-mask .outcome')).toContain('at the live edge');
    expect(await isDisabled('#form-mask [type=submit]')).toBe(true);
    await page.click('#form-mask .force input');
    expect(await isDisabled('#form-mask [type=submit]')).toBe(false);
    await page.click('.in-force button');
    await until('/configuration alone/.test(document.querySelector(".in-force").textContent)');
  });

  it('sends a notice, which viewers get, and takes it back', async () => {
    const noticesOf = async () => {
      const answer = await fetch(`${headwater.edgeUrl}/live/demo/loop/manifest.mpd`);
      return answer.headers.get('headwater-notices') ?? '';
    };
    await page.click('.kind-choice input[value=notice]');
    await page.type('#notice-type', 'captions-lost');
    await page.type('#notice-data', '{"language": "en"}');
    await page.click('#form-notice [type=submit]');
    await until('/captions-lost/.test(document.querySelector(".in-force").textContent)');
    await expectSoon(noticesOf, /captions-lost;language="en"/);
    await page.click('.in-force button');
    await until('/configuration alone/.test(document.querySelector(".in-force").textContent)');
    await expectSoon(noticesOf, /^(?!.*captions-lost)/);
  });

  it('makes caches forget a range, or everything', async () => {
    await page.click('.kind-choice input[value=invalidate]');
    await page.click('#form-invalidate [type=submit]');
    expect(await textOf('#form-invalidate .outcome')).toBe('From segment is missing.');
    await watched.fill('#invalidate-fromSegment', String(comingNumber() - 9));
    await watched.fill('#invalidate-toSegment', String(comingNumber() - 5));
    await page.click('#form-invalidate [type=submit]');
    await until('/Invalidate: done/.test(document.querySelector("#form-invalidate .outcome").textContent)');
    await page.select('#invalidate-scope', 'all');
    await page.click('#form-invalidate [type=submit]');
    await page.click('#tab-history');
    await until('document.querySelectorAll(".history li").length > 1');
    await until('(document.querySelector(".history").textContent.match(/Invalidation/g) ?? []).length === 2');
  });

  it('fits a phone, and the timeline comes before the player', async () => {
    await page.setViewport(PHONE);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    const topOf = (selector: string) =>
      page.evaluate(`document.querySelector('${selector}').getBoundingClientRect().top`) as Promise<number>;
    expect(await topOf('.timeline')).toBeLessThan(await topOf('.screen-card'));
    expect(await seriousIssues(page)).toEqual([]);
    await page.setViewport(DESKTOP);
  });

  it('needs a few dozen nodes for two hours of a large event', async () => {
    const told = (await page.evaluate(`(async () => {
      const { TimelineGrid } = await import('/console/timeline-grid.js');
      const { TimelineModel } = await import('/console/timeline-model.js');
      const model = new TimelineModel();
      const count = 3600;
      const pipelines = ['a', 'b', 'c', 'd'];
      model.apply({
        nowMs: 0, from: 1, to: count, liveEdge: count, windowStart: 1, revision: 1, pipelines,
        mediaEndMs: 4000, segmentMs: 2000, unheard: [],
        representations: Array.from({ length: 12 }, (_, at) => ({
          representation: 'v' + at, contentType: 'video', selected: '0'.repeat(count),
          pipelines: pipelines.map((pipeline) => ({
            pipeline, fates: 'g'.repeat(count), masks: '-'.repeat(count), defects: {},
          })),
        })),
      });
      const root = document.createElement('div');
      root.className = 'grid-frame';
      document.querySelector('.timeline').append(root);
      const grid = new TimelineGrid(root, document.createElement('p'), model, { onOpen() {}, onRange() {}, onScrolled() {} });
      grid.update();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const told = { nodes: root.querySelectorAll('*').length, drawn: grid.drawn };
      root.remove();
      return told;
    })()`)) as { nodes: number; drawn: number };
    // A label of three elements for each of 48 rows, and a dozen more.
    expect(told.nodes).toBeLessThan(48 * 3 + 20);
    expect(told.drawn).toBeGreaterThan(500);
    expect(told.drawn).toBeLessThan(80 * 48);
  });

  it('leaves the player page as accessible', async () => {
    await page.goto(`${headwater.edgeUrl}/console/player.html`);
    await until('window.headwater?.started');
    for (const scheme of ['light', 'dark']) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      expect({ scheme, issues: await seriousIssues(page) }).toEqual({ scheme, issues: [] });
    }
  });

  it('said nothing that a script should not have said', () => {
    expect(watched.errors).toEqual([]);
  });
});

/** A change acts within two seconds; this waits for longer, so that a slow machine fails nothing. */
async function expectSoon(read: () => Promise<string>, wanted: RegExp): Promise<void> {
  const untilMs = Date.now() + 20_000;
  let got = await read();
  while (!wanted.test(got) && Date.now() < untilMs) {
    await sleep(250);
    got = await read();
  }
  expect(got).toMatch(wanted);
}
