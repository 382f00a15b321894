import type { Page } from 'puppeteer-core';
import { FAULTS } from '../../demo/lab/catalog';
import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { seriousIssues } from './axe';
import { DESKTOP, PHONE, watchedPage } from './watched-page';

const SEGMENT_MS = 2000;
/** Rows of the demo: v720 of pipelines a and b come first. */
const [V720_A, V720_B] = [0, 1];
const [NEAR, FAR] = ['us-east-1', 'us-west-2'];

/** What the timeline says of pipeline a's copy when viewers were given b's (docs/console.md). */
const WORDS: Readonly<Record<string, RegExp>> = {
  stop: /missing/,
  drop: /missing/,
  'cut-frames': /defective: .*short/,
  'shift-time': /defective: .*discontinuity/,
  truncate: /defective: .*truncated/,
  repeat: /defective: .*repeated/,
  delay: /late/,
  corrupt: /defective: .*malformed/,
};

/** Of regions: other regions answer, or nobody notices. */
const ELSEWHERE = ['stop-region', 'cut-from-edge', 'fill-disk'];
const UNNOTICED = ['slow-stores', 'lag-events'];

/** Every fault of the lab, one after the other, by its button; the player beside it plays all the time. */
describe('the fault lab', () => {
  const watched = watchedPage();
  let headwater: Headwater;
  let page: Page;

  beforeAll(async () => {
    headwater = await embeddedRun([NEAR, FAR], { demo: true });
    ({ page } = watched);
    await page.goto(`${headwater.edgeUrl}/console/#token=${headwater.controlToken}&event=demo/loop`);
    await until('window.headwater?.screen?.state.started');
    await page.click('#tab-lab');
    await page.waitForSelector('[data-fault]', { visible: true });
  });

  const until = (condition: string) => watched.until(condition);
  const textOf = (selector: string) => watched.textOf(selector);
  const buttonOf = (fault: string, subject: string) => `[data-fault=${fault}][data-subject="${subject}"]`;
  const stalls = () => page.evaluate('window.headwater.screen.state.stalls') as Promise<number>;
  /** A number whose sending has not begun. */
  const comingNumber = () => Math.floor(Date.now() / SEGMENT_MS) + 1;
  const breaks = async (fault: string, subject: string) => {
    await page.click(buttonOf(fault, subject));
    await until(`document.querySelector('${buttonOf(fault, subject)}').ariaPressed === 'true'`);
    return comingNumber();
  };
  const mends = async () => {
    await page.click('#lab-in-force button');
    await until("document.getElementById('lab-in-force').dataset.empty === 'true'");
  };
  /** The first number from `from` on of which a's copy has a fault, and the player was given b's. */
  const failedOver = async (from: number) => {
    const told = await until(`(() => {
      const { model, screen } = window.headwater;
      const given = screen.state.segments.filter(({ kind, pipeline }) => kind === 'video' && pipeline === 'b');
      return given.map(({ number }) => number).find((number) => {
        const { fate } = model.cell(${V720_A}, number);
        return number >= ${from} && ['missing', 'defective', 'late'].includes(fate);
      });
    })()`);
    return (await told.jsonValue()) as number;
  };
  /** Somebody goes to a segment of the timeline, and it is read out so, sooner or later. */
  const readsOut = (row: number, number: number, words: RegExp) =>
    until(`(() => {
      window.headwater.grid.goTo({ row: ${row}, number: ${number} });
      return ${words}.test(document.getElementById('grid-cell').innerText);
    })()`);
  /** Viewers have gone on for some segments: one that was not due yet is served, and clean. */
  const goesOn = (from: number) =>
    until(`[${V720_A}, ${V720_B}].some((row) => {
      const { fate, selected } = window.headwater.model.cell(row, ${from + 1});
      return selected && fate === 'good';
    })`);

  it('has a button for each fault of each pipeline and region, and nothing that axe-core calls serious', async () => {
    const buttons = (await page.evaluate(
      "[...document.querySelectorAll('[data-fault]')].map(({ dataset }) => dataset.fault + ' ' + dataset.subject)",
    )) as string[];
    const wanted = FAULTS.flatMap(({ name, scope }) =>
      (scope === 'pipeline' ? ['a', 'b'] : [NEAR, FAR]).map((subject) => `${name} ${subject}`),
    );
    expect(buttons).toEqual(wanted);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      expect({ scheme, issues: await seriousIssues(page) }).toEqual({ scheme, issues: [] });
    }
    await page.emulateMediaFeatures([]);
  });

  it('fits a phone', async () => {
    await page.setViewport(PHONE);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    await page.setViewport(DESKTOP);
  });

  it('breaks and mends by keyboard, counts down, and says so', async () => {
    await page.focus('input[name=lab-seconds]:checked');
    await page.keyboard.press('ArrowRight');
    await page.focus(buttonOf('lag-events', FAR));
    await page.keyboard.press('Space');
    await until("document.getElementById('lab-in-force').dataset.empty === 'false'");
    expect(await textOf('#lab-in-force')).toMatch(
      /Region us-west-2 hears of changes.*mends by itself in (60|5\d) s/s,
    );
    expect(await textOf('#tab-lab')).toBe('Break (1)');
    await until("/mends by itself in 5[0-7] s/.test(document.getElementById('lab-in-force').innerText)");
    await page.focus('#lab-in-force button');
    await page.keyboard.press('Enter');
    await until("document.getElementById('lab-in-force').dataset.empty === 'true'");
    expect(await page.evaluate("document.getElementById('panel-lab').contains(document.activeElement)")).toBe(
      true,
    );
    expect(await textOf('#tab-lab')).toBe('Break');
  });

  it.each(FAULTS.filter(({ scope }) => scope === 'pipeline').map(({ name }) => name))(
    '%s: the timeline says what is wrong with a, viewers get b, and the player goes on',
    async (name) => {
      const number = await failedOver(await breaks(name, 'a'));
      await mends();
      await readsOut(V720_A, number, WORDS[name] ?? /no words for this fault/);
      await readsOut(V720_B, number, /: clean/);
      expect(await textOf('#status')).toMatch(/Pipeline a.*Viewers get pipeline.*No segment was lost/s);
      expect(await stalls()).toBe(0);
    },
  );

  it.each(ELSEWHERE)('%s: bytes come from the other region, and the player goes on', async (name) => {
    await until(`window.headwater.screen.state.segments.at(-1).replica === '${NEAR}'`);
    const from = await breaks(name, NEAR);
    await until(
      `window.headwater.screen.state.segments.some(({ number, replica }) => number >= ${from} && replica === '${FAR}')`,
    );
    await goesOn(from);
    await until(`document.getElementById('replica-words').innerText === 'from ${FAR}'`);
    await mends();
    expect(await stalls()).toBe(0);
  });

  it.each(UNNOTICED)('%s: viewers notice nothing', async (name) => {
    const number = await breaks(name, NEAR);
    await goesOn(number + 1);
    await mends();
    expect(await textOf('#status')).not.toMatch(/Viewers miss|Viewers get defective/);
    expect(await stalls()).toBe(0);
  });

  it('has met every fault, and said nothing that a script should not have said', () => {
    const met = [...Object.keys(WORDS), ...ELSEWHERE, ...UNNOTICED];
    expect(met.sort()).toEqual(FAULTS.map(({ name }) => name).sort());
    expect(watched.errors).toEqual([]);
  });
});
