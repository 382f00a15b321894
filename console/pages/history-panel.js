// @ts-check
import { clockText } from './cells.js';
import { changeText, changeTitle } from './change-words.js';
import { element } from './dom.js';
import { FaultList } from './fault-list.js';
import { refusedInits } from './refused-inits.js';
/** @import { Change } from './change-words.js' */
/** @import { ControlClient } from './control-client.js' */
/** @import { FaultListener } from './fault-list.js' */
/** @import { TimelineModel } from './timeline-model.js' */

const LIMIT = '50';

/** What happened to the event, and what people did about it. */
export class HistoryPanel {
  body;
  faults;
  #client;
  #changes = element('ol', { class: 'history' }, [element('li', { class: 'empty' }, ['Reading them…'])]);

  /** @param {ControlClient} client @param {TimelineModel} model @param {FaultListener} listener */
  constructor(client, model, listener) {
    this.#client = client;
    this.faults = new FaultList(model, listener);
    this.body = element('div', { class: 'history-panel' }, [
      element('h3', {}, ['Faults in the window']),
      this.faults.body,
      element('h3', {}, ['Changes']),
      this.#changes,
    ]);
  }

  /** @param {any} configuration of the event */
  async refresh(configuration) {
    const answer = await this.#client.get('history', { query: { limit: LIMIT } }).catch(() => undefined);
    // What is shown stays: the status says that nothing answers.
    if (answer === undefined) return;
    /** @type {readonly Change[]} */
    const changes = answer.changes ?? [];
    this.#changes.replaceChildren(
      ...(changes.length > 0
        ? changes.map((change) => changeItem(change, changes))
        : [element('li', { class: 'empty' }, ['No changes yet.'])]),
    );
    this.faults.refused = await refusedInits(this.#client, configuration, changes);
  }
}

/** @param {Change} change @param {readonly Change[]} all */
function changeItem(change, all) {
  const { at, by, reason } = change;
  return element('li', {}, [
    element('p', {}, [
      element('b', {}, [changeTitle(change, all)]),
      ` by ${by}`,
      ...(reason ? [`: ${reason}`] : []),
      element('small', {}, [changeText(change, all)]),
    ]),
    element('time', { datetime: at, title: at }, [clockText(Date.parse(at))]),
  ]);
}
