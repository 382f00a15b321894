// @ts-check
import { element } from './dom.js';
import { STATUS_WINDOW } from './event-status.js';
import { COLOURS } from './grid-painter.js';
/** @import { Health, HealthState, PipelineHealth } from './event-status.js' */

/** @type {Readonly<Record<HealthState, string>>} */
const STATE_WORDS = { ok: 'OK', degraded: 'Degraded', down: 'Down', idle: 'Idle' };
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
      encoderToOriginMs: greatest('encoderToOriginMs'),
      audioPhaseTicks: greatest('audioPhaseTicks'),
      masks: masks.filter((mask) => mask.pipeline === pipeline).length,
    };
  });
}

/** @param {HTMLElement} root @param {readonly PipelineFacts[]} facts */
export function showPipelines(root, facts) {
  const cards = facts.map((one, index) => card(one, index));
  // Nothing is drawn, or read out, anew while nothing has changed.
  if (root.innerHTML !== cards.map(({ outerHTML }) => outerHTML).join('')) root.replaceChildren(...cards);
}

/** @param {PipelineFacts} facts @param {number} index */
function card({ pipeline, state, share, serving, counts, encoderToOriginMs, audioPhaseTicks, masks }, index) {
  const told = [
    ...Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`),
    ...(audioPhaseTicks ? [`audio ${audioPhaseTicks > 0 ? '+' : ''}${audioPhaseTicks} ticks`] : []),
    ...(encoderToOriginMs === undefined ? [] : [`encoder to origin ${encoderToOriginMs} ms`]),
  ];
  const percent = Math.round(share * 100);
  return element(
    'article',
    { class: serving ? 'card pipeline is-serving' : 'card pipeline', 'data-state': state },
    [
      element('span', { class: `chip chip-large pipeline-${index % COLOURS}` }, [pipeline.slice(0, 3)]),
      element('div', { class: 'pipeline-words' }, [
        element('h2', {}, [
          `Pipeline ${pipeline} `,
          element('span', { class: 'state' }, [
            element('span', { 'aria-hidden': 'true' }, [`${STATE_SIGNS[state]} `]),
            STATE_WORDS[state],
          ]),
        ]),
        element('p', {}, [told.length === 0 ? 'no fault in 2 minutes' : told.join(' · ')]),
      ]),
      element('p', { class: 'share' }, [
        element('b', {}, [serving ? '▶ Serving' : roleText(state, masks)]),
        element('span', {}, [`${percent} % of the last ${STATUS_WINDOW}`]),
      ]),
    ],
  );
}

/** What a pipeline that does not serve is good for. @param {HealthState} state @param {number} masks */
function roleText(state, masks) {
  if (masks > 0) return 'Masked';
  return state === 'down' || state === 'idle' ? 'Not serving' : 'In reserve';
}
