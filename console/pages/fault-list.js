// @ts-check
import { numberText, clockText } from './cells.js';
import { element, setText } from './dom.js';
import { list } from './event-status.js';
import { WRONG_INIT } from './incidents.js';
import { markChip } from './pipeline-chip.js';
/** @import { Incident } from './incidents.js' */
/** @import { RefusedInit } from './refused-inits.js' */
/** @import { TimelineModel } from './timeline-model.js' */

/**
 * @typedef {object} FaultListener
 * @property {(incident: Incident) => void} onIncident
 * @property {(about: { pipeline: string, representation: string }) => void} onAcceptInit
 */

/**
 * One fault as it is shown.
 * @typedef {object} Fault
 * @property {string} key the same for a fault that goes on
 * @property {string} pipeline
 * @property {string} title
 * @property {string} about
 * @property {string} time
 * @property {() => void} open
 * @property {(() => void) | undefined} acceptInit
 */

/** Numbers after the last bad one within which a fault is one that goes on. */
const GOES_ON = 4;

/** Representations that a fault names. */
const NAMED_MAX = 3;

/** Faults that are shown before somebody asks for more. */
const SHOWN_FIRST = 8;

/** What went wrong of late, the newest first; inits that wait for an operator before all. */
export class FaultList {
  #list = element('ol', { class: 'incidents' });
  #more = element('button', { type: 'button', class: 'button small more', hidden: '' });
  body = element('div', {}, [this.#list, this.#more]);
  /** @type {readonly RefusedInit[]} */
  refused = [];
  #model;
  #listener;
  #shownMax = SHOWN_FIRST;
  /** @type {Map<string, { item: HTMLElement, show: (fault: Fault) => void }>} */
  #shown = new Map();

  /** @param {TimelineModel} model @param {FaultListener} listener */
  constructor(model, listener) {
    this.#model = model;
    this.#listener = listener;
    this.#more.addEventListener('click', () => {
      // The button goes; the keyboard goes on where it was.
      const last = this.#list.lastElementChild?.querySelector('button');
      this.#shownMax = Infinity;
      this.#more.hidden = true;
      last?.focus();
    });
  }

  /** What goes on keeps its place in the page, and the keyboard with it. @param {readonly Incident[]} incidents @param {string} none said where there are none */
  show(incidents, none) {
    const all = [...this.#refusedAlone(incidents), ...incidents.map((one) => this.#faultOf(one))];
    const faults = all.slice(0, this.#shownMax);
    this.#more.hidden = all.length <= this.#shownMax;
    setText(this.#more, `${all.length - faults.length} earlier`);
    const keys = new Set(faults.map(({ key }) => key));
    for (const key of this.#shown.keys()) if (!keys.has(key)) this.#shown.delete(key);
    const items = faults.map((fault) => {
      const shown = this.#shown.get(fault.key) ?? faultItem(this.#model);
      this.#shown.set(fault.key, shown);
      shown.show(fault);
      return shown.item;
    });
    if (items.length === 0) items.push(this.#none(none));
    const { children } = this.#list;
    if (items.length !== children.length || items.some((item, index) => children[index] !== item))
      this.#list.replaceChildren(...items);
  }

  /** @param {string} text */
  #none(text) {
    const [first] = this.#list.children;
    const item =
      first instanceof HTMLElement && first.className === 'empty' ? first : element('li', { class: 'empty' });
    setText(item, text);
    return item;
  }

  /** Inits of which no media tell: their packager stopped at the refusal. @param {readonly Incident[]} incidents @returns {Fault[]} */
  #refusedAlone(incidents) {
    const isTold = (/** @type {RefusedInit} */ { pipeline, representation }) =>
      incidents.some(
        (one) =>
          one.defects.includes(WRONG_INIT) &&
          one.pipeline === pipeline &&
          one.representations.includes(representation),
      );
    return this.refused
      .filter((one) => !isTold(one))
      .map(({ pipeline, representation, at, codec, wanted }) => {
        const acceptInit = () => this.#listener.onAcceptInit({ pipeline, representation });
        return {
          key: `init ${pipeline} ${representation}`,
          pipeline,
          title: `Init of ${representation} refused`,
          about: `another than players have${codec === wanted ? '' : ` (${codec ?? 'no codec'}, not ${wanted ?? 'any'})`}; its segments will be ${WRONG_INIT}`,
          time: clockText(Date.parse(at)),
          ...{ open: acceptInit, acceptInit },
        };
      });
  }

  /** @param {Incident} incident @returns {Fault} */
  #faultOf(incident) {
    const { pipeline, fate, from, to, served, defects, representations } = incident;
    const [representation = ''] = representations;
    const foreign = defects.includes(WRONG_INIT);
    const goesOn = to >= this.#model.liveEdge - GOES_ON;
    const instead = served.length === 0 ? 'viewers got nothing' : `viewers got ${list(served)}`;
    return {
      key: `${pipeline} ${fate} ${from}`,
      pipeline,
      title: incidentText(incident, this.#model),
      about: `from ${numberText(from)} · ${instead}${foreign ? ' · made for another init than players have' : ''}`,
      time: clockText(this.#model.mediaEndMs(from - 1)),
      open: () => this.#listener.onIncident(incident),
      acceptInit:
        foreign && goesOn ? () => this.#listener.onAcceptInit({ pipeline, representation }) : undefined,
    };
  }
}

/** @param {TimelineModel} model */
function faultItem(model) {
  const chip = element('span');
  const title = element('b');
  const about = element('small');
  const time = element('time');
  const open = element('button', { type: 'button', class: 'incident' }, [
    chip,
    element('span', {}, [title, about]),
    time,
  ]);
  const accept = element('button', { type: 'button', class: 'button small' }, ['Accept its init…']);
  /** @type {Fault | undefined} */
  let current;
  open.addEventListener('click', () => current?.open());
  accept.addEventListener('click', () => current?.acceptInit?.());
  return {
    item: element('li', {}, [open, accept]),
    show: (/** @type {Fault} */ fault) => {
      current = fault;
      markChip(chip, fault.pipeline, model.pipelines);
      setText(title, fault.title);
      setText(about, fault.about);
      setText(time, fault.time);
      accept.hidden = fault.acceptInit === undefined;
    },
  };
}

/** @example `Missing: 3 segments of v720 and v360` @param {Incident} incident @param {TimelineModel} model */
function incidentText({ fate, from, to, representations, defects }, model) {
  // A defective copy that was late as well is not clean for the other reason.
  const names = defects.filter((name) => name !== 'late');
  const what = fate === 'defective' && names.length > 0 ? list(names) : fate;
  const all = representations.length === new Set(model.rows.map(({ representation }) => representation)).size;
  const count = to === from ? 'one segment' : `${to - from + 1} segments`;
  const named =
    representations.length > NAMED_MAX ? `${representations.length} representations` : list(representations);
  const where = all && representations.length > 1 ? '' : ` of ${named}`;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}: ${count}${where}`;
}
