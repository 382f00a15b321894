// @ts-check
import { CHANGE_KINDS, entryText, undoPath } from './change-kinds.js';
import { ChangeForm } from './change-form.js';
import { clockText } from './cells.js';
import { ControlProblem } from './control-client.js';
import { element } from './dom.js';
/** @import { FormContext } from './change-form.js' */

/** Everything an operator changes: a form for each kind, and what is in force with its undo. */
export class ChangePanel {
  body;
  /** @type {readonly { pipeline: string }[]} */
  masks = [];
  #context;
  #forms;
  #choice;
  #inForce = element('ul', { class: 'in-force' });
  #problem = element('p', { class: 'form-problem', role: 'alert' });
  /** What the list shows, so that a button is not exchanged under a finger for its like. */
  #shown = '';

  /** @param {FormContext} context */
  constructor(context) {
    this.#context = { ...context, onChanged: () => void this.refresh().then(context.onChanged) };
    this.#forms = new Map(CHANGE_KINDS.map((kind) => [kind.id, new ChangeForm(kind, this.#context)]));
    this.#choice = CHANGE_KINDS.map(({ id, title }, index) => {
      const radio = /** @type {HTMLInputElement} */ (
        element('input', {
          type: 'radio',
          name: 'change-kind',
          value: id,
          ...(index === 0 && { checked: '' }),
        })
      );
      radio.addEventListener('change', () => this.#show(id));
      return { id, radio, label: element('label', {}, [radio, element('span', {}, [title])]) };
    });
    this.body = element('div', { class: 'changes' }, [
      element('fieldset', { class: 'kind-choice' }, [
        element('legend', { class: 'visually-hidden' }, ['What to change']),
        ...this.#choice.map(({ label }) => label),
      ]),
      ...[...this.#forms.values()].map(({ form }) => form),
      element('h3', {}, ['In force']),
      this.#problem,
      this.#inForce,
    ]);
    this.#show('mask');
  }

  /** @param {string} id @param {Readonly<Record<string, string>>} values */
  open(id, values) {
    this.#show(id);
    this.#forms.get(id)?.fill(values);
  }

  /** @param {string} id */
  #show(id) {
    for (const [each, { form }] of this.#forms) form.hidden = each !== id;
    for (const { id: each, radio } of this.#choice) radio.checked = each === id;
    this.#forms.get(id)?.refresh();
  }

  /** Segments that nobody chose are those that come next now. */
  refreshForms() {
    for (const form of this.#forms.values()) form.refresh();
  }

  /** Reads what is in force, and the choices that the event gives. */
  async refresh() {
    this.refreshForms();
    const undoable = CHANGE_KINDS.filter(({ undoes }) => undoes);
    const lists = await Promise.all(
      undoable.map(async ({ list }) => {
        const answer = await this.#context.client.get(list).catch(() => ({}));
        return { list, entries: /** @type {any[]} */ (answer[list] ?? []) };
      }),
    );
    this.masks = lists.find(({ list }) => list === 'masks')?.entries ?? [];
    const shown = JSON.stringify(lists);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const items = lists.flatMap(({ list, entries }) => entries.map((entry) => this.#item(list, entry)));
    this.#inForce.replaceChildren(
      ...(items.length > 0
        ? items
        : [element('li', { class: 'empty' }, ['Nothing: the configuration alone decides.'])]),
    );
  }

  /** @param {string} list @param {Record<string, any>} entry */
  #item(list, entry) {
    const undo = element('button', { type: 'button', class: 'button small' }, ['Undo']);
    undo.setAttribute('aria-label', `Undo: ${entryText(list, entry)}`);
    undo.addEventListener('click', () => void this.#undo(undoPath(list, entry), undo));
    const about = [entry['by'], entry['at'] && clockText(Date.parse(entry['at'])), entry['reason']];
    return element('li', {}, [
      element('p', {}, [
        element('span', {}, [entryText(list, entry)]),
        element('small', {}, [about.filter(Boolean).join(' · ')]),
      ]),
      undo,
    ]);
  }

  /** @param {string} path @param {HTMLElement} button */
  async #undo(path, button) {
    this.#problem.textContent = '';
    try {
      const force = button.dataset['force'] === undefined ? {} : { force: '' };
      await this.#context.client.delete(path, force);
      this.#context.onChanged();
    } catch (error) {
      this.#problem.textContent = error instanceof Error ? error.message : String(error);
      if (!(error instanceof ControlProblem) || error.consequence === undefined) return;
      // Taking a mask back may lose segments as well; the second press says that it is meant.
      button.dataset['force'] = '';
      button.textContent = 'Undo anyway';
      button.classList.add('danger');
    }
  }
}
