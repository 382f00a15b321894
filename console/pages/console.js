// @ts-check
import { byId, setText } from './dom.js';
import { ControlClient, ControlProblem } from './control-client.js';
import { EventView } from './event-view.js';
import { forgetToken, keepToken, keptToken, showEventInAddress, takeFragment } from './session.js';
import { readSettings } from './settings.js';
import { bindThemeButton } from './theme.js';
/** @import { EventViewOptions } from './event-view.js' */

const DEMO_EVENT = 'demo/loop';
const RETRY_MS = 3000;
const form = /** @type {HTMLFormElement} */ (byId('sign-in-form'));
const eventInput = /** @type {HTMLInputElement} */ (byId('sign-in-event'));
const tokenInput = /** @type {HTMLInputElement} */ (byId('sign-in-token'));
const select = /** @type {HTMLSelectElement} */ (byId('event'));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;

async function start() {
  bindThemeButton(byId('theme'));
  form.addEventListener('submit', (submit) => {
    submit.preventDefault();
    void open(eventInput.value.trim(), tokenInput.value.trim());
  });
  form.addEventListener('input', () => clearTimeout(retry));
  byId('sign-out').addEventListener('click', () => {
    forgetToken();
    location.reload();
  });
  // Another event is another page: nothing of the former one goes on in the background.
  select.addEventListener('change', () => {
    showEventInAddress(select.value);
    location.reload();
  });
  addEventListener('hashchange', () => {
    if (/[#&](token|event)=/.test(location.hash)) location.reload();
  });
  byId('skip').addEventListener('click', (click) => {
    click.preventDefault();
    byId('timeline-grid').focus();
  });
  const event = takeFragment() ?? DEMO_EVENT;
  eventInput.value = event;
  const token = keptToken();
  if (token === undefined) askForToken('');
  else await open(event, token);
}

/** @param {string} problem @param {string} [token] that is not at fault */
function askForToken(problem, token = '') {
  const asked = byId('sign-in').hidden;
  byId('sign-in').hidden = false;
  setText(byId('sign-in-problem'), problem);
  const player = /** @type {HTMLAnchorElement} */ (byId('sign-in-player'));
  player.href = `player.html?${new URLSearchParams({ event: eventInput.value || DEMO_EVENT })}`;
  tokenInput.value = token;
  // Where it is shown already, somebody may be typing.
  if (asked || token === '') (token === '' ? tokenInput : eventInput).focus();
}

/** @param {string} eventName @param {string} token */
async function open(eventName, token) {
  clearTimeout(retry);
  const [tenant = '', event = ''] = eventName.split('/');
  const client = new ControlClient({ token, tenant, event });
  const read = await Promise.all([client.get(''), readSettings()]).catch((error) => ({ error }));
  if ('error' in read) {
    const { error } = read;
    if (isPassing(error)) retry = setTimeout(() => void open(eventName, token), RETRY_MS);
    if (isWrongToken(error)) forgetToken();
    askForToken(await problemText(error, client, eventName), isWrongToken(error) ? '' : token);
    return;
  }
  const [told, settings] = read;
  keepToken(token);
  show({ client, eventName, settings, told });
  await showEvents(client, tenant, eventName);
}

/** @param {Omit<EventViewOptions, 'onRefused'>} about */
function show(about) {
  showEventInAddress(about.eventName);
  document.title = `${about.eventName} · Headwater console`;
  byId('sign-in').hidden = true;
  for (const id of ['console', 'event-choice', 'clock-line', 'sign-out']) byId(id).hidden = false;
  const view = new EventView({ ...about, onRefused: refused });
  window.headwater = view;
  view.start();
}

/** While the page was open the token was taken back. With nothing left to show, it begins anew. */
function refused() {
  forgetToken();
  location.reload();
}

/** Nobody answers, or not now: it is asked again. @param {unknown} error */
function isPassing(error) {
  return !(error instanceof ControlProblem) || error.status === 429 || error.status >= 500;
}

/** @param {unknown} error */
function isWrongToken(error) {
  return error instanceof ControlProblem && (error.status === 401 || error.status === 403);
}

/** @param {unknown} error @param {ControlClient} client @param {string} eventName @returns {Promise<string>} */
async function problemText(error, client, eventName) {
  if (isPassing(error)) return 'The control plane does not answer. Trying again…';
  if (!(error instanceof ControlProblem)) return String(error);
  if (error.status === 401) return 'This token is not valid here.';
  if (error.status === 403) return `This token is not for ${eventName}.`;
  return error.status === 404 ? unknownText(client, eventName) : error.message;
}

const NAMED_MAX = 12;

/** Who mistyped an event finds it; who has none yet learns how one is made. @param {ControlClient} client @param {string} eventName */
async function unknownText(client, eventName) {
  const [tenant = ''] = eventName.split('/');
  const { events = [] } = await client.events().catch(() => ({}));
  const names = events.map((/** @type {{ event: string }} */ { event }) => `${tenant}/${event}`);
  if (names.length === 0)
    return `There is no event ${eventName}, nor any other of ${tenant}. headwater event put makes one.`;
  const more = names.length > NAMED_MAX ? ' and more' : '';
  return `There is no event ${eventName}. There is ${names.slice(0, NAMED_MAX).join(', ')}${more}.`;
}

/** @param {ControlClient} client @param {string} tenant @param {string} chosen */
async function showEvents(client, tenant, chosen) {
  const { events = [] } = await client.events().catch(() => ({}));
  const names = events.map((/** @type {{ event: string }} */ { event }) => `${tenant}/${event}`);
  const options = [...new Set([...names, chosen])].sort().map((name) => new Option(name, name));
  select.replaceChildren(...options);
  select.value = chosen;
}

void start();
