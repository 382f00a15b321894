// @ts-check
import { element } from './dom.js';

/** @typedef {{ readonly id: string, readonly title: string, readonly body: HTMLElement }} Tab */

/** Tabs with the keys that people know (WAI-ARIA Authoring Practices, "Tabs"). */
export class Tabs {
  /** @type {Map<string, { button: HTMLElement, panel: HTMLElement }>} */
  #tabs = new Map();

  /** @param {HTMLElement} list @param {HTMLElement} panels @param {readonly Tab[]} tabs */
  constructor(list, panels, tabs) {
    for (const { id, title, body } of tabs) {
      const button = element(
        'button',
        {
          ...{ type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` },
        },
        [title],
      );
      const panel = element(
        'div',
        {
          ...{ role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, tabindex: '0' },
          class: 'tab-panel',
        },
        [body],
      );
      button.addEventListener('click', () => this.show(id));
      this.#tabs.set(id, { button, panel });
    }
    list.replaceChildren(...[...this.#tabs.values()].map(({ button }) => button));
    panels.replaceChildren(...[...this.#tabs.values()].map(({ panel }) => panel));
    list.addEventListener('keydown', (event) => this.#key(event));
    const [first] = tabs;
    if (first !== undefined) this.show(first.id);
  }

  /** @param {string} id @param {{ focus?: boolean }} [options] */
  show(id, { focus = false } = {}) {
    for (const [each, { button, panel }] of this.#tabs) {
      button.setAttribute('aria-selected', String(each === id));
      button.tabIndex = each === id ? 0 : -1;
      panel.hidden = each !== id;
    }
    const panel = this.#tabs.get(id)?.panel;
    if (!focus || panel === undefined) return;
    panel.focus({ preventScroll: true });
    panel.scrollTop = 0;
    // In a narrow window the panel lies below what was clicked.
    if (panel.getBoundingClientRect().top > innerHeight * 0.8) panel.scrollIntoView({ block: 'start' });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const ids = [...this.#tabs.keys()];
    const at = ids.findIndex((id) => this.#tabs.get(id)?.button === document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    const id = next === undefined ? undefined : ids[(next + ids.length) % ids.length];
    if (id === undefined) return;
    event.preventDefault();
    this.show(id);
    this.#tabs.get(id)?.button.focus();
  }
}
