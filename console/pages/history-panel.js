// @ts-check
import { numberText, clockText } from './cells.js';
import { element } from './dom.js';
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
  #shown = '';

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

  /** @param {readonly Incident[]} incidents */
  showIncidents(incidents) {
    const key = JSON.stringify(incidents);
    if (key === this.#shown) return;
    this.#shown = key;
    const items = incidents.map((incident) => this.#incident(incident));
    this.#incidents.replaceChildren(
      ...(items.length > 0
        ? items
        : [
            element('li', { class: 'empty' }, ['None: every pipeline sent every segment clean and in time.']),
          ]),
    );
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

  /** @param {Incident} incident */
  #incident(incident) {
    const { pipeline, fate, from, to, representations, defects, served } = incident;
    const colour = Math.max(0, this.#model.pipelines.indexOf(pipeline)) % COLOURS;
    const count = to - from + 1;
    const what = fate === 'defective' && defects.length > 0 ? list(defects) : fate;
    const button = element('button', { type: 'button', class: 'incident' }, [
      element('span', { class: `chip pipeline-${colour}` }, [pipeline.slice(0, 3)]),
      element('span', {}, [
        element('b', {}, [
          `${what}: ${count === 1 ? 'one segment' : `${count} segments`} of ${list(representations)}`,
        ]),
        element('small', {}, [
          `${numberText(from)} · ${served.length === 0 ? 'nobody had them' : `viewers got ${list(served)}`}`,
        ]),
      ]),
      element('time', {}, [clockText(this.#model.mediaEndMs(from - 1))]),
    ]);
    button.addEventListener('click', () => this.#onIncident(incident));
    return element('li', {}, [button]);
  }
}

/** @param {Record<string, any>} change */
function changeItem({ at, by, action, reason, detail, members }) {
  const told = [
    ...Object.entries(detail ?? {}).map(
      ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
    ...(members ?? []).map(
      (/** @type {any} */ { member, from, to }) => `${member}: ${from ?? 'none'} → ${to ?? 'none'}`,
    ),
  ];
  return element('li', {}, [
    element('p', {}, [
      element('b', {}, [String(action)]),
      ` by ${String(by)}`,
      ...(reason ? [`: ${String(reason)}`] : []),
      element('small', {}, [told.join(' · ').slice(0, 300)]),
    ]),
    element('time', { datetime: String(at) }, [clockText(Date.parse(at))]),
  ]);
}
