// @ts-check
import { isFault } from './cells.js';
import { groupsOf } from './event-status.js';
/** @import { Fate } from './cells.js' */
/** @import { TimelineModel } from './timeline-model.js' */

/**
 * One thing that went wrong with one pipeline, over a run of numbers and however many representations.
 * @typedef {object} Incident
 * @property {string} pipeline
 * @property {Fate} fate
 * @property {number} from
 * @property {number} to both included
 * @property {readonly string[]} representations
 * @property {readonly string[]} defects
 * @property {readonly string[]} served by whom viewers were served instead; empty: by nobody
 */

/** The defect of media whose init was refused. */
export const WRONG_INIT = 'wrong-init';
/** Good numbers within one incident: a fault that comes and goes is one thing. */
const LULL = 2;
/** @type {readonly Fate[]} */
const KINDS = ['missing', 'defective', 'late'];

/**
 * What went wrong from `from` to the live edge, the newest first.
 * @param {TimelineModel} model
 * @param {number} from
 * @param {number} most
 * @returns {Incident[]}
 */
export function incidentsOf(model, from, most) {
  const groups = groupsOf(model);
  const found = model.pipelines.flatMap((pipeline) =>
    KINDS.flatMap((fate) => runsOf(model, pipeline, fate, from, groups)),
  );
  return found.sort((left, right) => right.to - left.to || right.from - left.from).slice(0, most);
}

/**
 * @param {TimelineModel} model
 * @param {string} pipeline
 * @param {Fate} fate
 * @param {number} from
 * @param {readonly { representation: string, places: readonly number[] }[]} groups
 */
function runsOf(model, pipeline, fate, from, groups) {
  /** @type {{ from: number, to: number, representations: Set<string>, defects: Set<string>, served: Set<string> }[]} */
  const runs = [];
  for (let number = from; number <= model.liveEdge; number++)
    for (const { representation, places } of groups) {
      const row = places.find((at) => model.rows[at]?.pipeline === pipeline);
      const cell = row === undefined ? undefined : model.cell(row, number);
      if (cell === undefined || cell.fate !== fate || !isFault(cell)) continue;
      let run = runs.at(-1);
      if (run === undefined || number > run.to + 1 + LULL) {
        run = { from: number, to: number, representations: new Set(), defects: new Set(), served: new Set() };
        runs.push(run);
      }
      run.to = number;
      run.representations.add(representation);
      for (const name of cell.defects) run.defects.add(name);
      const selected = model.rows[model.selectedRow(representation, number)]?.pipeline;
      if (selected !== undefined) run.served.add(selected);
    }
  return runs.map(({ representations, defects, served, ...run }) => ({
    ...{ ...run, pipeline, fate },
    representations: [...representations],
    defects: [...defects],
    served: [...served].sort(),
  }));
}
