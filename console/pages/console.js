// @ts-check
import { byId } from './dom.js';
import { ControlClient, ControlProblem } from './control-client.js';
import { EventView } from './event-view.js';
import { forgetToken, keepToken, keptToken, showEventInAddress, takeFragment } from './session.js';
import { readSettings } from './settings.js';
import { bindThemeButton } from './theme.js';

const DEMO_EVENT = 'demo/loop';
const form = /** @type {HTMLFormElement} */ (byId('sign-in-form'));
const eventInput = /** @type {HTMLInputElement} */ (byId('sign-in-event'));
const tokenInput = /** @type {HTMLInputElement} */ (byId('sign-in-token'));
const select = /** @type {HTMLSelectElement} */ (byId('event'));

async function start() {
  bindThemeButton(byId('theme'));
  form.addEventListener('submit', (submit) => {
    submit.preventDefault();
    void open(eventInput.value.trim(), tokenInput.value.trim());
  });
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

/** @param {string} problem */
function askForToken(problem) {
  byId('sign-in').hidden = false;
  byId('sign-in-problem').textContent = problem;
  const player = /** @type {HTMLAnchorElement} */ (byId('sign-in-player'));
  player.href = `player.html?${new URLSearchParams({ event: eventInput.value || DEMO_EVENT })}`;
  tokenInput.value = '';
  tokenInput.focus();
}

/** @param {string} eventName @param {string} token */
async function open(eventName, token) {
  const [tenant = '', event = ''] = eventName.split('/');
  const client = new ControlClient({ token, tenant, event });
  try {
    const [told, settings] = await Promise.all([client.get(''), readSettings()]);
    keepToken(token);
    showEventInAddress(eventName);
    document.title = `${eventName} · Headwater console`;
    byId('sign-in').hidden = true;
    for (const id of ['console', 'event-choice', 'clock-line', 'sign-out']) byId(id).hidden = false;
    const view = new EventView({ client, eventName, settings, told, onRefused: refused });
    window.headwater = view;
    view.start();
    await showEvents(client, tenant, eventName);
  } catch (error) {
    askForToken(problemText(error, eventName));
  }
}

/** While the page was open the token was taken back. With nothing left to show, it begins anew. */
function refused() {
  forgetToken();
  location.reload();
}

/** @param {unknown} error @param {string} eventName */
function problemText(error, eventName) {
  if (!(error instanceof ControlProblem)) return 'The control plane cannot be reached. Try again.';
  if (error.status === 401) return 'This token is not valid here.';
  if (error.status === 404) return `There is no event ${eventName}.`;
  return error.message;
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
