// @ts-check
import { numberText, clockText } from './cells.js';
import { changeText } from './change-kinds.js';
import { element, setText } from './dom.js';
import { list } from './event-status.js';
import { COLOURS } from './grid-painter.js';
/** @import { ControlClient } from './control-client.js' */
/** @import { Incident } from './incidents.js' */
/** @import { TimelineModel } from './timeline-model.js' */

const LIMIT = '50';

/** What happened to the event, and what people did about it. */
export class HistoryPanel {
  body;
  #client;
  #model;
  #onIncident;
  #incidents = element('ol', { class: 'incidents' });
  #changes = element('ol', { class: 'history' });
  /** @type {Map<string, { item: HTMLElement, show: (incident: Incident) => void }>} */
  #shown = new Map();

  /** @param {ControlClient} client @param {TimelineModel} model @param {(incident: Incident) => void} onIncident */
  constructor(client, model, onIncident) {
    this.#client = client;
    this.#model = model;
    this.#onIncident = onIncident;
    this.body = element('div', { class: 'history-panel' }, [
      element('h3', {}, ['Faults in the window']),
      this.#incidents,
      element('h3', {}, ['Changes']),
      this.#changes,
    ]);
  }

  /** What goes on keeps its place in the page, and the keyboard with it. @param {readonly Incident[]} incidents */
  showIncidents(incidents) {
    const items = new Map(incidents.map((incident) => [keyOf(incident), incident]));
    for (const key of this.#shown.keys()) if (!items.has(key)) this.#shown.delete(key);
    for (const [key, incident] of items) {
      const shown = this.#shown.get(key) ?? this.#incidentItem();
      this.#shown.set(key, shown);
      shown.show(incident);
    }
    const wanted = [...items.keys()].map((key) => this.#shown.get(key)?.item ?? element('li'));
    const empty = element('li', { class: 'empty' }, [
      'None. Every pipeline sent every segment, clean and in time.',
    ]);
    if (wanted.length === 0) this.#incidents.replaceChildren(empty);
    else if (
      wanted.some((item, index) => this.#incidents.children[index] !== item) ||
      this.#incidents.children.length !== wanted.length
    )
      this.#incidents.replaceChildren(...wanted);
  }

  async refresh() {
    const answer = await this.#client.get('history', { query: { limit: LIMIT } }).catch(() => undefined);
    /** @type {readonly Record<string, any>[]} */
    const changes = answer?.changes ?? [];
    this.#changes.replaceChildren(
      ...(changes.length > 0
        ? changes.map(changeItem)
        : [element('li', { class: 'empty' }, ['No changes yet.'])]),
    );
  }

  #incidentItem() {
    const chip = element('span');
    const title = element('b');
    const about = element('small');
    const time = element('time');
    const button = element('button', { type: 'button', class: 'incident' }, [
      chip,
      element('span', {}, [title, about]),
      time,
    ]);
    /** @type {Incident | undefined} */
    let current;
    button.addEventListener('click', () => current && this.#onIncident(current));
    return {
      item: element('li', {}, [button]),
      show: (/** @type {Incident} */ incident) => {
        current = incident;
        const { pipeline, from, served } = incident;
        chip.className = `chip pipeline-${Math.max(0, this.#model.pipelines.indexOf(pipeline)) % COLOURS}`;
        setText(chip, pipeline.slice(0, 3));
        setText(title, incidentText(incident, this.#model));
        const instead = served.length === 0 ? 'viewers got nothing' : `viewers got ${list(served)}`;
        setText(about, `from ${numberText(from)} · ${instead}`);
        setText(time, clockText(this.#model.mediaEndMs(from - 1)));
      },
    };
  }
}

/** @param {Incident} incident */
function keyOf({ pipeline, fate, from }) {
  return `${pipeline} ${fate} ${from}`;
}

/** @example `Missing: 3 segments of v720 and v360` @param {Incident} incident @param {TimelineModel} model */
function incidentText({ fate, from, to, representations, defects }, model) {
  const what = fate === 'defective' && defects.length > 0 ? list(defects) : fate;
  const all = representations.length === new Set(model.rows.map(({ representation }) => representation)).size;
  const count = to === from ? 'one segment' : `${to - from + 1} segments`;
  const where = all && representations.length > 1 ? '' : ` of ${list(representations)}`;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}: ${count}${where}`;
}

/** @param {Record<string, any>} change */
function changeItem({ at, by, action, reason, ...what }) {
  return element('li', {}, [
    element('p', {}, [
      element('b', {}, [String(action)]),
      ` by ${String(by)}`,
      ...(reason ? [`: ${String(reason)}`] : []),
      element('small', {}, [changeText(what)]),
    ]),
    element('time', { datetime: String(at) }, [clockText(Date.parse(at))]),
  ]);
}
