// @ts-check
import { clockText } from './cells.js';
import { endText, lifeStatus } from './event-life.js';
/** @import { EventLife } from './event-life.js' */
/** @import { TimelineModel } from './timeline-model.js' */

/**
 * `GET .../health`, as far as it is read here.
 * @typedef {object} Health
 * @property {readonly { pipeline: string, state?: HealthState }[]} pipelines
 * @property {readonly string[]} unheard
 * @property {readonly { representation: string, pipelines: readonly PipelineHealth[] }[]} representations
 */

/** @typedef {'idle' | 'ok' | 'degraded' | 'down'} HealthState */

/**
 * @typedef {object} PipelineHealth
 * @property {string} pipeline
 * @property {HealthState} state
 * @property {number} received
 * @property {number} late
 * @property {number} defective
 * @property {number} missing
 * @property {number} split
 * @property {number} [audioPhaseTicks]
 * @property {number} [encoderToOriginMs]
 */

/**
 * `bad`: viewers notice; `warn`: they do not, but less is left; `wait`: nothing is known yet; `over`: nothing comes any more.
 * @typedef {object} Status
 * @property {'ok' | 'warn' | 'bad' | 'wait' | 'over'} level
 * @property {string} title a sentence that can be read out
 * @property {string} detail
 */

/** Numbers that the sentence is about: a minute of 2 s segments. */
export const STATUS_WINDOW = 30;

/**
 * @param {TimelineModel} model
 * @param {Health | undefined} health
 * @param {EventLife} [life]
 * @returns {Status}
 */
export function statusOf(model, health, life) {
  if (!Number.isFinite(model.liveEdge))
    return { level: 'wait', title: 'Reading the event…', detail: 'The first answer is on its way.' };
  const told = servedOf(model);
  const outside = life && lifeStatus(model, life);
  if (outside !== undefined) return outside.level === 'over' ? overStatus(outside, told) : outside;
  const { detail, ...status } = liveStatus(model, health, told);
  return { ...status, detail: [detail, endText(model, life)].filter((text) => text !== '').join(' ') };
}

/** @param {Status} status @param {ReturnType<typeof servedOf>} told @returns {Status} */
function overStatus(status, { lost }) {
  if (lost.size === 0) return status;
  return {
    ...status,
    detail: `${status.detail} Viewers miss segments of ${list([...lost.keys()])} near its end.`,
  };
}

/**
 * @param {TimelineModel} model
 * @param {Health | undefined} health
 * @param {ReturnType<typeof servedOf>} told
 * @returns {Status}
 */
function liveStatus(model, health, told) {
  if (told.lost.size > 0) return lostStatus(told);
  if (told.defective.size > 0)
    return {
      level: 'bad',
      title: `Viewers get defective segments of ${list([...told.defective])}`,
      detail: 'No pipeline had a clean copy. The least defective one is served; click a cell for why.',
    };
  const ill = (health?.pipelines ?? []).filter(({ state }) => state === 'down' || state === 'degraded');
  const [first] = ill;
  if (first !== undefined) return illStatus(model, ill, told.serving);
  const unheard = [...new Set([...model.unheard, ...(health?.unheard ?? [])])];
  if (unheard.length > 0)
    return {
      level: 'warn',
      title: `${list(unheard)} ${unheard.length === 1 ? 'does' : 'do'} not answer`,
      detail: 'The grid shows what the other regions hold. Viewers are served from those.',
    };
  if (told.shares.length === 0)
    return {
      level: 'wait',
      title: 'Nobody has published yet',
      detail: 'The event is there. Its first segments will appear here by themselves.',
    };
  const faults = reserveFaults(model);
  if (faults.length > 0)
    return {
      level: 'warn',
      title: `${faults.join('. ')} of the last ${STATUS_WINDOW}`,
      detail: `Viewers get ${pipelinesText(told.serving)}. No segment was lost in the last ${STATUS_WINDOW}.`,
    };
  return {
    level: 'ok',
    title: `Viewers get ${pipelinesText(told.serving)}`,
    detail: `Every pipeline sent the last ${STATUS_WINDOW} segments, clean and in time.`,
  };
}

/**
 * Health counts what is due, which is seconds behind what has come: who sends again is not down any more.
 * @param {Health} health @param {TimelineModel} model
 * @returns {Health}
 */
export function healthNow(health, model) {
  const isBack = (/** @type {string} */ pipeline) =>
    model.rows.every(
      (row, at) => row.pipeline !== pipeline || model.cell(at, model.liveEdge - 1).fate === 'good',
    );
  const pipelines = health.pipelines.map((one) =>
    one.state === 'down' && isBack(one.pipeline) ? { ...one, state: /** @type {const} */ ('degraded') } : one,
  );
  return { ...health, pipelines };
}

/** What viewers were given of the newest numbers. @param {TimelineModel} model */
export function servedOf(model) {
  /** @type {Map<string, number>} */
  const lost = new Map();
  const defective = new Set();
  /** @type {Map<string, number>} */
  const counts = new Map();
  let newestLost = -Infinity;
  for (const { representation, places } of groupsOf(model))
    for (let number = model.liveEdge - STATUS_WINDOW + 1; number <= model.liveEdge; number++) {
      const cells = places.map((row) => ({ row, ...model.cell(row, number) }));
      const chosen = cells.find(({ selected }) => selected);
      if (chosen !== undefined) {
        const pipeline = model.rows[chosen.row]?.pipeline ?? '';
        counts.set(pipeline, (counts.get(pipeline) ?? 0) + 1);
        if (chosen.fate === 'defective') defective.add(representation);
      } else if (cells.some(({ fate }) => fate === 'missing') && !cells.some(mayStillCome)) {
        lost.set(representation, (lost.get(representation) ?? 0) + 1);
        newestLost = Math.max(newestLost, number);
      }
    }
  const serving = [...new Set(groupsOf(model).map(({ places }) => newestServed(model, places)))];
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shares = [...counts]
    .map(([pipeline, count]) => ({ pipeline, share: count / total }))
    .sort((left, right) => right.share - left.share);
  return {
    ...{ lost, newestLostMs: model.mediaEndMs(newestLost), defective, shares },
    /** Pipelines whose copies are the newest that viewers get. */
    serving: serving.filter((pipeline) => pipeline !== undefined).sort(),
  };
}

/** @param {TimelineModel} model @param {readonly number[]} places rows of one representation */
function newestServed(model, places) {
  for (let number = model.liveEdge + 1; number > model.liveEdge - STATUS_WINDOW; number--)
    for (const row of places) if (model.cell(row, number).selected) return model.rows[row]?.pipeline;
  return undefined;
}

/**
 * When the fault of a pipeline began that goes on: the media of the first number of which it has sent nothing clean since.
 * @param {TimelineModel} model @param {string} pipeline
 * @returns {number | undefined} UTC milliseconds; undefined where it is well, or the beginning is not known
 */
export function illSinceMs(model, pipeline) {
  const rows = model.rows.flatMap((row, at) => (row.pipeline === pipeline ? [at] : []));
  const anyGood = (/** @type {number} */ number) =>
    rows.some((row) => ['good', 'unknown'].includes(model.cell(row, number).fate));
  let number = model.liveEdge;
  while (number > model.windowStart && !anyGood(number)) number--;
  return number === model.liveEdge || number <= model.windowStart ? undefined : model.mediaEndMs(number);
}

/** @param {{ fate: string }} cell */
function mayStillCome({ fate }) {
  return fate === 'pending' || fate === 'unknown';
}

/** Rows by representation. @param {TimelineModel} model */
export function groupsOf({ rows }) {
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  for (const [at, { representation }] of rows.entries())
    groups.set(representation, [...(groups.get(representation) ?? []), at]);
  return [...groups].map(([representation, places]) => ({ representation, places }));
}

/**
 * What pipelines owe of the newest numbers, though viewers had all of them.
 * @param {TimelineModel} model
 * @returns {string[]} such as `Pipeline a: 3 missing, 1 defective`
 */
function reserveFaults(model) {
  return model.pipelines.flatMap((pipeline) => {
    const rows = model.rows.flatMap((row, at) => (row.pipeline === pipeline ? [at] : []));
    const numbers = Array.from({ length: STATUS_WINDOW }, (_, index) => model.liveEdge - index);
    const told = /** @type {const} */ (['missing', 'defective', 'late']).flatMap((fate) => {
      const count = numbers.filter((number) =>
        rows.some((row) => model.cell(row, number).fate === fate),
      ).length;
      return count === 0 ? [] : [`${count} ${fate}`];
    });
    return told.length === 0 ? [] : [`Pipeline ${pipeline}: ${told.join(', ')}`];
  });
}

/** @param {ReturnType<typeof servedOf>} told @returns {Status} */
function lostStatus({ lost, newestLostMs }) {
  const most = Math.max(...lost.values());
  return {
    level: 'bad',
    title: `Viewers miss segments of ${list([...lost.keys()])}`,
    detail: `No pipeline had ${most === 1 ? 'one segment' : `${most} segments`} of the last ${STATUS_WINDOW}; the newest at ${clockText(newestLostMs)} UTC.`,
  };
}

/**
 * @param {TimelineModel} model
 * @param {readonly { pipeline: string, state?: string }[]} ill
 * @param {readonly string[]} serving
 * @returns {Status}
 */
function illStatus(model, ill, serving) {
  const down = ill.filter(({ state }) => state === 'down');
  const named = down.length > 0 ? down : ill;
  const names = named.map(({ pipeline }) => pipeline);
  const sinceMs = names.length === 1 && down.length > 0 ? illSinceMs(model, names[0] ?? '') : undefined;
  const since = sinceMs === undefined ? '' : ` since ${clockText(sinceMs)}`;
  const verb = names.length === 1 ? 'is' : 'are';
  return {
    level: 'warn',
    title: `${names.length === 1 ? 'Pipeline' : 'Pipelines'} ${list(names)} ${verb} ${down.length > 0 ? 'down' : 'degraded'}${since}`,
    detail: `Viewers get ${pipelinesText(serving)}. No segment was lost in the last ${STATUS_WINDOW}.`,
  };
}

/** @param {readonly string[]} serving */
function pipelinesText(serving) {
  if (serving.length === 0) return 'nothing yet';
  return `${serving.length === 1 ? 'pipeline' : 'pipelines'} ${list(serving)}`;
}

/** @param {readonly string[]} names */
export function list(names) {
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
