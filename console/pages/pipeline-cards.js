// @ts-check
import { element } from './dom.js';
import { STATUS_WINDOW } from './event-status.js';
import { pipelineChip } from './pipeline-chip.js';
/** @import { Health, HealthState, PipelineHealth } from './event-status.js' */

/** @type {Readonly<Record<HealthState, string>>} */
const STATE_WORDS = { ok: 'OK', degraded: 'Degraded', down: 'Down', idle: 'Idle' };
/** Segments that `GET .../health` is about. */
const HEALTH_WINDOW = 60;
/** A shape for each, so that colour is not what tells. @type {Readonly<Record<HealthState, string>>} */
const STATE_SIGNS = { ok: '●', degraded: '▲', down: '■', idle: '○' };

/**
 * @typedef {object} PipelineFacts
 * @property {string} pipeline
 * @property {HealthState} state
 * @property {number} share of the newest segments that viewers got from it, 0 to 1
 * @property {boolean} serving the newest segments are its own
 * @property {{ late: number, defective: number, missing: number, split: number }} counts of its worst representation
 * @property {number | undefined} encoderToOriginMs
 * @property {number | undefined} audioPhaseTicks
 * @property {number} masks in force on it
 * @property {number} received of its newest segments, over all representations
 */

/**
 * Health of each pipeline, over its representations.
 * @param {Health} health
 * @param {{ shares: readonly { pipeline: string, share: number }[], serving: readonly string[] }} served
 * @param {readonly { pipeline: string }[]} masks
 * @returns {PipelineFacts[]}
 */
export function pipelineFacts(health, { shares, serving }, masks) {
  return health.pipelines.map(({ pipeline, state = 'idle' }) => {
    const own = health.representations.flatMap(({ pipelines }) =>
      pipelines.filter((one) => one.pipeline === pipeline),
    );
    const worst = (/** @type {'late' | 'defective' | 'missing' | 'split'} */ name) =>
      Math.max(0, ...own.map((one) => one[name]));
    const greatest = (/** @type {'encoderToOriginMs' | 'audioPhaseTicks'} */ name) => {
      const told = own.flatMap((one) => one[name] ?? []);
      return told.length === 0 ? undefined : Math.max(...told);
    };
    return {
      ...{ pipeline, state, share: shares.find((one) => one.pipeline === pipeline)?.share ?? 0 },
      serving: serving.includes(pipeline),
      counts: {
        ...{
          late: worst('late'),
          defective: worst('defective'),
          missing: worst('missing'),
          split: worst('split'),
        },
      },
      received: own.reduce((sum, one) => sum + one.received, 0),
      encoderToOriginMs: greatest('encoderToOriginMs'),
      audioPhaseTicks: greatest('audioPhaseTicks'),
      masks: masks.filter((mask) => mask.pipeline === pipeline).length,
    };
  });
}

/** @param {HTMLElement} root @param {readonly PipelineFacts[]} facts @param {boolean} over the event has ended */
export function showPipelines(root, facts, over) {
  const pipelines = facts.map(({ pipeline }) => pipeline);
  const cards = facts.map((one) => card(one, pipelines, over));
  // Nothing is drawn, or read out, anew while nothing has changed.
  if (root.innerHTML !== cards.map(({ outerHTML }) => outerHTML).join('')) root.replaceChildren(...cards);
}

/** @param {PipelineFacts} facts @param {readonly string[]} pipelines @param {boolean} over */
function card(facts, pipelines, over) {
  const { pipeline, share } = facts;
  const state = over ? 'idle' : facts.state;
  const serving = facts.serving && !over;
  return element(
    'article',
    { class: serving ? 'card pipeline is-serving' : 'card pipeline', 'data-state': state },
    [
      pipelineChip(pipeline, pipelines, 'chip-large'),
      element('div', { class: 'pipeline-words' }, [
        element('h2', {}, [`Pipeline ${pipeline}`]),
        element('p', {}, [
          element('span', { class: 'state' }, [
            element('span', { 'aria-hidden': 'true' }, [`${STATE_SIGNS[state]} `]),
            over ? 'Ended' : STATE_WORDS[state],
          ]),
          ` · ${factsText(facts)}`,
        ]),
      ]),
      element('p', { class: 'share' }, [
        element('b', {}, [over ? '' : serving ? '▶ Serving' : roleText(facts)]),
        element('span', {}, [`${Math.round(share * 100)} % of the last ${STATUS_WINDOW}`]),
      ]),
    ],
  );
}

/** What health says of a pipeline beside its state. @param {PipelineFacts} facts */
function factsText({ received, counts, encoderToOriginMs, audioPhaseTicks }) {
  const told = [
    ...Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`),
    ...(audioPhaseTicks ? [`audio ${audioPhaseTicks > 0 ? '+' : ''}${audioPhaseTicks} ticks`] : []),
    ...(encoderToOriginMs === undefined ? [] : [`encoder to origin ${encoderToOriginMs} ms`]),
  ];
  if (told.length > 0) return told.join(' · ');
  return received === 0 ? 'nothing received' : `no fault in the last ${HEALTH_WINDOW}`;
}

/** What a pipeline that does not serve is good for. @param {PipelineFacts} facts */
function roleText({ state, masks }) {
  if (masks > 0) return 'Masked';
  return state === 'down' || state === 'idle' ? 'Not serving' : 'In reserve';
}
