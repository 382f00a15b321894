// @ts-check
import { ControlProblem } from './control-client.js';
import { element, setText } from './dom.js';
import { brokenText, faultTitle, labGroups, leftText } from './lab-words.js';
/** @import { ControlClient } from './control-client.js' */
/** @import { ActiveFault, LabFault } from './lab-words.js' */

const DURATIONS_SECONDS = ['10', '20', '60'];
const DURATION_SECONDS = '20';
/** Others break things too, from a command line. */
const READ_MS = 2000;
const COUNT_MS = 500;

/**
 * @typedef {object} LabPanelOptions
 * @property {ControlClient} client
 * @property {() => number} nowMs by the origin's clock
 * @property {(count: number) => void} onCounted how many faults are in force
 */

/** The fault lab: a button for each thing that can be broken, and what is broken now. */
export class LabPanel {
  body;
  #options;
  /** @type {readonly LabFault[]} */
  #catalog = [];
  /** @type {readonly ActiveFault[]} */
  #active = [];
  /** The list shows it; this reads it out. */
  #said = element('p', { class: 'visually-hidden', role: 'status' });
  #problem = element('p', { class: 'form-problem', role: 'alert' });
  #mendAll = /** @type {HTMLButtonElement} */ (
    element('button', { type: 'button', class: 'button small', id: 'mend-all' }, ['Mend all'])
  );
  #inForce = element('ul', { class: 'in-force', id: 'lab-in-force' });
  #groups = element('div', { class: 'lab-groups', tabindex: '-1' });
  /** @type {Map<string, HTMLElement>} by fault and subject */
  #buttons = new Map();
  /** @type {Map<string, { item: HTMLElement, left: HTMLElement }>} by id */
  #items = new Map();

  /** @param {LabPanelOptions} options */
  constructor(options) {
    this.#options = options;
    this.#mendAll.addEventListener('click', () => void this.#mend(undefined));
    this.body = element('div', { class: 'lab' }, [
      element('p', { class: 'purpose' }, [
        'Break something on purpose and watch what viewers get. Each fault ends by itself.',
      ]),
      this.#problem,
      this.#said,
      element('div', { class: 'card-head' }, [element('h3', {}, ['Broken now']), this.#mendAll]),
      this.#inForce,
      durationChoice(),
      this.#groups,
    ]);
  }

  start() {
    void this.refresh();
    setInterval(() => document.hidden || void this.refresh(), READ_MS);
    setInterval(() => this.#count(), COUNT_MS);
  }

  async refresh() {
    try {
      const { catalog, active } = await this.#options.client.lab('GET');
      if (this.#catalog.length === 0) this.#showCatalog(catalog);
      this.#show(active);
    } catch (error) {
      // What the page cannot reach its status tells of; who may not use the lab is told here.
      if (error instanceof ControlProblem && this.#catalog.length === 0)
        setText(this.#problem, "The lab is for the administrator's token alone.");
    }
  }

  /** @param {readonly LabFault[]} catalog */
  #showCatalog(catalog) {
    this.#catalog = catalog;
    setText(this.#problem, '');
    const groups = labGroups(catalog).map(({ title, faults }) => [
      element('h3', {}, [title]),
      element(
        'ul',
        { class: 'lab-faults' },
        faults.map((fault) => this.#faultItem(fault)),
      ),
    ]);
    this.#groups.replaceChildren(...groups.flat());
  }

  /** @param {LabFault} fault */
  #faultItem({ name, what, subjects }) {
    const buttons = subjects.map((subject) => {
      const button = element('button', { type: 'button', class: 'button small', 'aria-pressed': 'false' }, [
        subject,
      ]);
      button.dataset['fault'] = name;
      button.dataset['subject'] = subject;
      button.setAttribute('aria-label', brokenText(this.#catalog, { fault: name, subject }));
      button.addEventListener('click', () => void this.#toggle(name, subject));
      this.#buttons.set(keyOf({ fault: name, subject }), button);
      return button;
    });
    return element('li', {}, [
      element('p', {}, [element('b', {}, [faultTitle(name)]), element('small', {}, [what])]),
      element('div', { class: 'lab-subjects' }, buttons),
    ]);
  }

  /** @param {string} fault @param {string} subject */
  async #toggle(fault, subject) {
    const active = this.#active.find((one) => one.fault === fault && one.subject === subject);
    if (active !== undefined) return this.#mend(active);
    const chosen = this.body.querySelector('input[name=lab-seconds]:checked');
    const durationSeconds = Number(/** @type {HTMLInputElement | null} */ (chosen)?.value);
    await this.#tell(async () => {
      await this.#options.client.lab('POST', { body: { fault, subject, durationSeconds } });
      return `${brokenText(this.#catalog, { fault, subject })}, for ${durationSeconds} s.`;
    });
  }

  /** @param {ActiveFault | undefined} active undefined: all */
  async #mend(active) {
    const focused = document.activeElement;
    // What was pressed goes away, and the keyboard would go to the top of the page.
    if (this.#inForce.contains(focused) || focused === this.#mendAll) this.#groups.focus();
    await this.#tell(async () => {
      await this.#options.client.lab('DELETE', active && { id: active.id }).catch((error) => {
        // It has ended by itself meanwhile.
        if (!(error instanceof ControlProblem && error.status === 404)) throw error;
      });
      return active === undefined ? 'All mended.' : `Mended: ${active.subject}, ${faultTitle(active.fault)}.`;
    });
  }

  /** @param {() => Promise<string>} act @returns {Promise<void>} */
  async #tell(act) {
    setText(this.#problem, '');
    try {
      setText(this.#said, await act());
    } catch (error) {
      setText(this.#problem, error instanceof Error ? error.message : String(error));
    }
    await this.refresh();
  }

  /** @param {readonly ActiveFault[]} active */
  #show(active) {
    this.#active = active;
    const ids = new Set(active.map(({ id }) => id));
    for (const [id, { item }] of this.#items)
      if (!ids.has(id)) {
        item.remove();
        this.#items.delete(id);
      }
    for (const each of active) if (!this.#items.has(each.id)) this.#inForce.append(this.#item(each));
    this.#inForce.dataset['empty'] = String(active.length === 0);
    this.#mendAll.disabled = active.length === 0;
    const broken = new Set(active.map(keyOf));
    for (const [key, button] of this.#buttons) button.setAttribute('aria-pressed', String(broken.has(key)));
    this.#options.onCounted(active.length);
    this.#count();
  }

  /** @param {ActiveFault} active */
  #item(active) {
    const text = brokenText(this.#catalog, active);
    const left = element('small');
    const mend = element('button', { type: 'button', class: 'button small' }, ['Mend']);
    mend.setAttribute('aria-label', `Mend: ${text}`);
    mend.addEventListener('click', () => void this.#mend(active));
    const item = element('li', {}, [element('p', {}, [element('span', {}, [text]), left]), mend]);
    this.#items.set(active.id, { item, left });
    return item;
  }

  #count() {
    for (const { id, until } of this.#active) {
      const left = this.#items.get(id)?.left;
      if (left !== undefined) setText(left, `mends by itself in ${leftText(until, this.#options.nowMs())}`);
    }
  }
}

function durationChoice() {
  const choices = DURATIONS_SECONDS.map((seconds) => {
    const radio = element('input', {
      ...{ type: 'radio', name: 'lab-seconds', value: seconds },
      ...(seconds === DURATION_SECONDS && { checked: '' }),
    });
    return element('label', {}, [radio, element('span', {}, [`for ${seconds} s`])]);
  });
  return element('fieldset', { class: 'kind-choice' }, [
    element('legend', { class: 'visually-hidden' }, ['How long']),
    ...choices,
  ]);
}

/** @param {{ fault: string, subject: string }} active */
function keyOf({ fault, subject }) {
  return `${fault} ${subject}`;
}
