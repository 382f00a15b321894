// @ts-check
import { bytesText, clockText, numberText } from './cells.js';
import { element } from './dom.js';
import { WRONG_INIT } from './incidents.js';
import { defectText, segmentPath, whyText, withoutSubject } from './explain-words.js';
import { pipelineChip } from './pipeline-chip.js';
/** @import { ControlClient } from './control-client.js' */
/** @import { Copy, Decision } from './explain-words.js' */

/** What inspection measures, in the words of ISO/IEC 14496-12 and in the order that people look. */
const MEASURES = /** @type {const} */ ([
  ['baseMediaDecodeTime', 'tfdt', 'ticks'],
  ['durationTicks', 'duration', 'ticks'],
  ['timescale', 'timescale', 'per s'],
  ['sampleCount', 'samples', ''],
  ['encodedAtMs', 'prft', ''],
]);

/**
 * @typedef {object} ExplainListener
 * @property {(pipeline: string, number: number) => void} onMask
 * @property {(pipeline: string, representation: string) => void} onAcceptInit
 */

/** Why viewers get what they get, for one segment. */
export class ExplainPanel {
  body = element('div', { class: 'explain' }, [
    element('p', { class: 'empty' }, ['Choose a segment in the timeline: click it, or press Enter.']),
  ]);
  #client;
  #listener;
  /** Answers of segments that were left meanwhile are not shown. */
  #asked = 0;

  /** @param {ControlClient} client @param {ExplainListener} listener */
  constructor(client, listener) {
    this.#client = client;
    this.#listener = listener;
  }

  /**
   * @param {any} configuration of the event @param {string} representation @param {number} number
   * @param {number} mediaEndMs
   */
  async show(configuration, representation, number, mediaEndMs) {
    const asked = ++this.#asked;
    const path = segmentPath(configuration, representation, number);
    try {
      const answer = await this.#client.get('explain', { query: { path } });
      if (asked === this.#asked) this.#fill({ ...answer, mediaEndMs, pipelines: configuration.pipelines });
    } catch (error) {
      if (asked !== this.#asked) return;
      this.body.replaceChildren(element('p', { class: 'form-problem', role: 'alert' }, [String(error)]));
    }
  }

  /**
   * @param {{ path: string, representation: string, dueMs: number, nowMs: number, decision: Decision,
   *   text: string, configuration: { revision: number }, mediaEndMs: number, pipelines: readonly string[] }} answer
   */
  #fill({ path, representation, dueMs, nowMs, decision, text, configuration, mediaEndMs, pipelines }) {
    const { number, chosen, passedOver, order } = decision;
    /** @type {readonly (Copy & { why?: string })[]} */
    const copies = [...(chosen === null ? [] : [chosen]), ...passedOver];
    const absent = order.filter((pipeline) => !copies.some((copy) => copy.pipeline === pipeline));
    const ranked = copies.toSorted(
      (left, right) => order.indexOf(left.pipeline) - order.indexOf(right.pipeline),
    );
    this.body.replaceChildren(
      element('h3', {}, [`${representation} · ${numberText(number)}`]),
      element('p', { class: 'explain-when' }, [
        `media ended ${clockText(mediaEndMs)} UTC · due ${clockText(dueMs)}`,
      ]),
      element('p', { class: 'explain-why' }, [withoutSubject(text)]),
      ...ranked.map((copy) => this.#candidate(copy, { representation, number, mediaEndMs, pipelines })),
      ...absent.map((pipeline) => absentCandidate(pipeline, pipelines, nowMs >= dueMs)),
      ruleList(decision, configuration.revision),
      element('p', { class: 'explain-path' }, [element('code', {}, [path])]),
    );
  }

  /**
   * @param {Copy & { why?: string }} copy
   * @param {{ representation: string, number: number, mediaEndMs: number, pipelines: readonly string[] }} about
   */
  #candidate(
    { pipeline, digest, defects, replicas, why },
    { representation, number, mediaEndMs, pipelines },
  ) {
    const [first] = replicas;
    const foreign = defects.some(({ name }) => name === WRONG_INIT);
    const { onMask, onAcceptInit } = this.#listener;
    const inspection = first?.inspection ?? {};
    const measures = MEASURES.filter(([name]) => inspection[name] !== undefined).map(([name, word, unit]) =>
      fact(
        word,
        name === 'encodedAtMs' ? clockText(Number(inspection[name])) : `${String(inspection[name])} ${unit}`,
      ),
    );
    return element('article', { class: why === undefined ? 'candidate is-served' : 'candidate' }, [
      candidateHead(pipeline, pipelines, why === undefined ? 'Served' : `Not served: ${whyText(why)}`),
      ...(defects.length === 0
        ? []
        : [element('p', { class: 'candidate-defects' }, [defects.map(defectText).join(' · ')])]),
      element('dl', { class: 'facts' }, [
        fact('size', bytesText(first?.size)),
        fact('sha-256', digest.slice(0, 12)),
        ...replicas.map(({ region, publishedAtMs }) => fact(region, `+${publishedAtMs - mediaEndMs} ms`)),
        ...measures,
      ]),
      element('p', { class: 'form-buttons' }, [
        button(`Mask ${pipeline} from here…`, () => onMask(pipeline, number)),
        ...(foreign ? [button('Accept its init…', () => onAcceptInit(pipeline, representation))] : []),
      ]),
    ]);
  }
}

/** @param {string} text @param {() => void} act */
function button(text, act) {
  const made = element('button', { type: 'button', class: 'button small' }, [text]);
  made.addEventListener('click', act);
  return made;
}

/** @param {string} pipeline @param {readonly string[]} pipelines @param {string} verdict */
function candidateHead(pipeline, pipelines, verdict) {
  return element('p', { class: 'candidate-head' }, [
    pipelineChip(pipeline, pipelines),
    element('b', {}, [verdict]),
  ]);
}

/** @param {string} pipeline @param {readonly string[]} pipelines @param {boolean} due */
function absentCandidate(pipeline, pipelines, due) {
  return element('article', { class: 'candidate is-absent' }, [
    candidateHead(pipeline, pipelines, due ? 'Missing: no region has a copy' : 'Not there yet'),
  ]);
}

/** @param {Decision} decision @param {number} configurationRevision */
function ruleList({ order, masks, unheard }, configurationRevision) {
  return element('dl', { class: 'facts rules' }, [
    fact('order', order.join(' → ')),
    ...masks.map(({ pipeline, reason }) =>
      fact(`mask on ${pipeline}`, reason === '' ? 'no reason given' : reason),
    ),
    ...(unheard.length === 0 ? [] : [fact('did not answer', unheard.join(', '))]),
    fact('configuration', `revision ${configurationRevision}`),
  ]);
}

/** @param {string} term @param {string} value */
function fact(term, value) {
  return element('div', {}, [element('dt', {}, [term]), element('dd', {}, [value])]);
}
