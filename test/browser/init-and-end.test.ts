import { setTimeout as sleep } from 'node:timers/promises';
import { loadDemoAsset } from '../../demo/asset';
import { DEMO_CONFIGURATION } from '../../demo/event';
import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { seriousIssues } from './axe';
import { watchedPage } from './watched-page';

const SEGMENT_MS = 2000;
const [VIDEO, AUDIO] = ['v720', 'a128'];
const asset = loadDemoAsset();
/** The number whose media ended last. */
const newest = () => Math.floor(Date.now() / SEGMENT_MS) - 1;

/**
 * An event whose pipeline b was set up anew with another resolution. Segments are due long after they come, so that a slow
 * machine delivers as well. Tests go on from each other.
 */
const CONFIGURATION = {
  ...DEMO_CONFIGURATION,
  publish: { delayMs: 5000, retryDeadlineMs: 600_000 },
  representations: DEMO_CONFIGURATION.representations.filter(({ id }) => id === VIDEO || id === AUDIO),
};

describe('an init that was refused, and the end of an event', () => {
  const watched = watchedPage();
  const publishing = new AbortController();
  let headwater: Headwater;
  let published: Promise<void>;

  const secrets: Record<string, string> = {};
  const control = async (method: string, path: string, body: object) => {
    const answer = await fetch(`${headwater.edgeUrl}/control/v1/tenants/acme/events/final${path}`, {
      ...{ method, body: JSON.stringify(body) },
      headers: { authorization: `Bearer ${headwater.controlToken}` },
    });
    return answer.json();
  };
  const put = async (pipeline: string, path: string, body: Uint8Array) => {
    const answer = await fetch(`${headwater.regions[0]?.url ?? ''}/live/acme/final/${path}`, {
      ...{ method: 'PUT', body },
      headers: { authorization: `Bearer ${secrets[pipeline] ?? ''}` },
    });
    return answer.status;
  };
  const putInits = async (pipeline: string, video: string) => [
    await put(pipeline, `${VIDEO}/init.mp4`, asset.init(video)),
    await put(pipeline, `${AUDIO}/init.mp4`, asset.init(AUDIO)),
  ];
  /** Both pipelines send what is due, until the tests are over. */
  const publish = async (videoOf: Readonly<Record<string, string>>) => {
    let next = newest() - 5;
    while (!publishing.signal.aborted) {
      for (; next <= newest(); next++)
        for (const [pipeline, video] of Object.entries(videoOf)) {
          await put(pipeline, `${VIDEO}/${next}.m4s`, asset.segment(video, next));
          await put(pipeline, `${AUDIO}/${next}.m4s`, asset.segment(AUDIO, next));
        }
      await sleep(100);
    }
  };

  beforeAll(async () => {
    headwater = await embeddedRun(['one']);
    await control('PUT', '', { ...CONFIGURATION, initialSegmentNumber: newest() - 5 });
    for (const pipeline of CONFIGURATION.pipelines) {
      const made = (await control('PUT', `/pipelines/${pipeline}/credential`, {})) as { secret: string };
      secrets[pipeline] = made.secret;
    }
    expect(await putInits('a', 'v720')).toEqual([201, 201]);
  });
  afterAll(async () => {
    publishing.abort();
    await published;
  });

  const until = (condition: string) => watched.until(condition);
  const says = (selector: string, words: RegExp) => watched.says(selector, words);

  it('is told of as soon as it came, and offers the form', async () => {
    const { page } = watched;
    await page.goto(`${headwater.edgeUrl}/console/#token=${headwater.controlToken}&event=acme/final`);
    await says('.incidents', /None: nothing was published of late/);
    expect(await putInits('b', 'v360')).toEqual([409, 200]);
    await says('.incidents', /Init of v720 refused/);
    expect(await watched.textOf('.incidents')).toContain('(avc1.64001e, not avc1.64001f)');
    await page.click('.incidents .button');
    await page.waitForSelector('#form-init', { visible: true });
  });

  it('is named by the fault of its media, which offers the form too, by keyboard', async () => {
    published = publish({ a: 'v720', b: 'v360' });
    const { page } = watched;
    await page.click('#tab-history');
    await says('.incidents', /Wrong-init: .* of v720.*made for another init/s);
    expect(await watched.textOf('.incidents')).not.toContain('Init of v720 refused');
    expect(await seriousIssues(page)).toEqual([]);
    await page.focus('.incidents .incident');
    await watched.press('Tab', 'Enter');
    await page.waitForSelector('#form-init', { visible: true });
    const values = ['pipeline', 'representation'].map((name) =>
      page.evaluate(`document.getElementById('init-${name}').value`),
    );
    expect(await Promise.all(values)).toEqual(['b', 'v720']);
  });

  it('is offered for 20 s ahead, that players hear of it before', async () => {
    const ahead = await watched.page.evaluate(`(() => {
      window.headwater.changes.open('init', { pipeline: 'b', representation: '${VIDEO}' });
      return document.getElementById('init-fromSegment').value - window.headwater.model.liveEdge;
    })()`);
    expect(ahead).toBe(20_000 / SEGMENT_MS);
  });

  it('is accepted after a look, and is in the history', async () => {
    const { page } = watched;
    const from = newest() + 3;
    await watched.fill('#init-fromSegment', String(from));
    await page.type('#init-reason', 'new encoder');
    expect(await watched.isDisabled('#form-init [type=submit]')).toBe(true);
    await page.click('#form-init [type=button]');
    await says('#form-init .outcome', /Version 2, from segment .* on\. Changes /);
    await page.click('#form-init [type=submit]');
    await says('#form-init .outcome', /Accept init: done\. Version 2/);
    await page.click('#tab-history');
    await says('.history', /Init accepted by operator: new encoder\s+v720 of pipeline b · version 2/);
    // From there on the other pipeline's are wrong-init, and b's are what viewers get.
    await until(`(() => {
      const [a, b] = [0, 1].map((row) => window.headwater.model.cell(row, ${from}));
      return a.fate === 'defective' && b.selected;
    })()`);
  });

  it('leads there from an explanation too: the former one is accepted in its turn', async () => {
    const { page } = watched;
    await until(`(() => {
      const { grid, model } = window.headwater;
      for (let number = model.liveEdge; number >= model.windowStart; number--)
        if (model.cell(0, number).defects.includes('wrong-init')) return grid.goTo({ row: 0, number }), true;
    })()`);
    await watched.press('Enter');
    await says('.explain', /Accept its init/);
    await page.evaluate(
      "[...document.querySelectorAll('.explain .button')].find(({ innerText }) => /Accept/.test(innerText)).click()",
    );
    await page.waitForSelector('#form-init', { visible: true });
    expect(await page.evaluate("document.getElementById('init-pipeline').value")).toBe('a');
  });

  it('the end is looked at and wanted twice, and then everything says so', async () => {
    const { page } = watched;
    await page.click('.kind-choice input[value=end]');
    await page.type('#end-reason', 'final whistle');
    await page.click('#form-end [type=button]');
    await says('#form-end .outcome', /is the last; it ends at .* The window stays until/);
    expect(await watched.isDisabled('#form-end [type=submit]')).toBe(true);
    expect(await watched.textOf('#form-end .force')).toContain('Nothing comes after it');
    await page.click('#form-end .force input');
    await page.click('#form-end [type=submit]');
    await says('#form-end .outcome', /End event: done/);
    await says('#status-title', /The event ended at/);
    await says('#pipelines', /Ended/);
    expect(await watched.textOf('#to-live')).toBe('End');
    await page.click('#tab-history');
    await says('.history', /Event ended by operator: final whistle/);
    expect(await seriousIssues(page)).toEqual([]);
  });

  it('an end before segments that viewers have says what they lose', async () => {
    const { page } = watched;
    await page.click('#tab-change');
    await page.click('.kind-choice input[value=end]');
    const edge = (await page.evaluate('window.headwater.model.liveEdge')) as number;
    await watched.fill('#end-finalSegment', String(edge - 3));
    await page.click('#form-end [type=button]');
    await says('#form-end .outcome', /Changes .* to nothing/);
    expect(await watched.textOf('#form-end .force')).toContain('Viewers lose by this');
  });

  it('said nothing that a script should not have said', () => {
    expect(watched.errors).toEqual([]);
  });
});
