import { TimelineModel, type GridAnswer } from '../../console/pages/timeline-model.js';

export const FIRST = 1000;
export const SEGMENT_MS = 2000;

interface RowLetters {
  readonly fates: string;
  readonly masks?: string;
  readonly defects?: Readonly<Record<string, readonly string[]>>;
}

/**
 * What the control plane tells of numbers from {@link FIRST} on, by representation and pipeline; the last letter is the live
 * edge. `selected` as in the answer.
 */
export function gridAnswer(
  told: Readonly<
    Record<string, { readonly selected: string; readonly rows: Readonly<Record<string, RowLetters>> }>
  >,
  more: Partial<GridAnswer> = {},
): GridAnswer {
  const [first] = Object.values(told);
  const count = first?.selected.length ?? 0;
  const from = more.from ?? FIRST;
  return {
    ...{ nowMs: 0, from, to: from + count - 1, liveEdge: from + count - 1, windowStart: from, revision: 1 },
    pipelines: Object.keys(first?.rows ?? {}),
    ...{ mediaEndMs: (from + 1) * SEGMENT_MS, segmentMs: SEGMENT_MS, unheard: [] },
    representations: Object.entries(told).map(([representation, { selected, rows }]) => ({
      ...{ representation, contentType: 'video', selected },
      pipelines: Object.entries(rows).map(([pipeline, { fates, masks, defects = {} }]) => ({
        ...{ pipeline, fates, masks: masks ?? '-'.repeat(count), defects },
      })),
    })),
    ...more,
  };
}

export function modelOf(...answer: Parameters<typeof gridAnswer>): TimelineModel {
  const model = new TimelineModel();
  model.apply(gridAnswer(...answer));
  return model;
}
