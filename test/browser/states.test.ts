import { DEMO_CONFIGURATION } from '../../demo/event';
import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { seriousIssues } from './axe';
import { DESKTOP, PHONE, watchedPage } from './watched-page';

const AHEAD = 300;

/** What the console says where there is nothing to see, or nobody to ask. */
describe('the console', () => {
  const watched = watchedPage();
  let headwater: Headwater;

  const control = (method: string, path: string, body?: object) =>
    fetch(`${headwater.edgeUrl}/control/v1/${path}`, {
      ...{ method, headers: { authorization: `Bearer ${headwater.controlToken}` } },
      ...(body && { body: JSON.stringify(body) }),
    });
  const expectText = (selector: string, words: RegExp) => watched.says(selector, words);
  const open = async (event: string, token = headwater.controlToken) => {
    await watched.page.goto('about:blank');
    await watched.page.goto(`${headwater.edgeUrl}/console/#token=${token}&event=${event}`);
  };

  beforeAll(async () => {
    headwater = await embeddedRun(['one']);
    const edge = Math.floor(Date.now() / 2000);
    const events = {
      early: { ...DEMO_CONFIGURATION, initialSegmentNumber: edge + AHEAD },
      nobody: DEMO_CONFIGURATION,
      adopts: { adopt: true, pipelines: ['a', 'b'] },
    };
    for (const [name, configuration] of Object.entries(events))
      expect((await control('PUT', `tenants/acme/events/${name}`, configuration)).status).toBe(201);
  });

  it.each([
    ['an event that has not begun', 'acme/early', /^Begins at (\S+ )?\d\d:\d\d:\d\d UTC/],
    ['an event of which nothing came', 'acme/nobody', /^Nobody has published yet/],
    ['an event that waits for its tracks', 'acme/adopts', /^Waiting for a packager’s manifest/],
  ])('of %s says so, on a phone too, and throws nothing', async (_, event, words) => {
    await open(event);
    await expectText('#status-title', words);
    await expectText('#curtain', /Begins|Waiting|Nothing to play/);
    await expectText('.incidents', /None: nothing was published of late/);
    await expectText('#pipelines', /Idle[^]*nothing received/);
    await watched.page.click('#tab-change');
    expect(await seriousIssues(watched.page)).toEqual([]);
    await watched.page.setViewport(PHONE);
    expect(await watched.page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    await watched.page.setViewport(DESKTOP);
    expect(watched.errors).toEqual([]);
  });

  it('has no fault to go to, and says that', async () => {
    await watched.page.click('#to-fault');
    await expectText('#readout', /No fault in the window/);
  });

  it('helps who mistyped an event, and keeps the token', async () => {
    await open('acme/earyl');
    await expectText('#sign-in-problem', /no event acme\/earyl.*acme\/adopts, acme\/early, acme\/nobody/);
    await watched.fill('#sign-in-event', 'acme/early');
    await watched.press('Enter');
    await expectText('#status-title', /Begins at/);
  });

  it('tells a tenant without events how one is made', async () => {
    await open('empty/event');
    await expectText('#sign-in-problem', /nor any other of empty\. headwater event put makes one/);
  });

  it('says that a token is of another tenant, and forgets it', async () => {
    const made = await control('POST', 'tokens', { name: 'kim', tenants: ['other'], access: 'read' });
    const { token } = (await made.json()) as { token: string };
    await open('acme/early', token);
    await expectText('#sign-in-problem', /This token is not for acme\/early/);
    expect(await watched.page.evaluate("document.getElementById('sign-in-token').value")).toBe('');
  });

  it('tries again by itself while the control plane does not answer', async () => {
    const { page } = watched;
    let isDown = true;
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (isDown && request.url().includes('/control/v1/')) void request.abort('connectionrefused');
      else void request.continue();
    });
    await open('acme/early');
    await expectText('#sign-in-problem', /does not answer\. Trying again/);
    isDown = false;
    await expectText('#status-title', /Begins at/);
    isDown = true;
    await expectText('#status-age', /The control plane does not answer\. This is \d+ s old/);
    isDown = false;
    await watched.until("document.getElementById('status-age').textContent === ''");
  });

  it('says when the event is gone while it was looked at', async () => {
    await open('acme/nobody');
    await expectText('#status-title', /Nobody has published yet/);
    expect((await control('DELETE', 'tenants/acme/events/nobody')).status).toBe(200);
    await expectText('#status-age', /The event is gone/);
  });
});
