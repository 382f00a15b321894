import * as fc from 'fast-check';
import {
  CELL_WIDTH,
  GridGeometry,
  ROW_HEIGHT,
  RULER_HEIGHT,
  rulerStepMs,
} from '../../console/pages/grid-geometry.js';
import { paintGrid } from '../../console/pages/grid-painter.js';
import { FIRST, modelOf } from './grid-answer';

const LARGE = { representations: 12, pipelines: 4, numbers: 3600 };

describe('the geometry of the grid', () => {
  const geometry = new GridGeometry({ first: 100, last: 3699, rows: 48, rowsPerGroup: 4 });

  it('finds the cell again that it placed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 3699 }),
        fc.integer({ min: 0, max: 47 }),
        fc.integer({ min: 0, max: CELL_WIDTH - 1 }),
        fc.integer({ min: 0, max: ROW_HEIGHT - 1 }),
        (number, row, dx, dy) => {
          expect(geometry.numberAt(geometry.xOf(number) + dx)).toBe(number);
          expect(geometry.rowAt(geometry.yOf(row) + dy)).toBe(row);
        },
      ),
    );
  });

  it.each([
    ['the ruler', RULER_HEIGHT - 1],
    ['between representations', RULER_HEIGHT + 4 * ROW_HEIGHT + 3],
    ['below the last row', 1e6],
  ])('has no row at %s', (_, y) => {
    expect(geometry.rowAt(y)).toBeUndefined();
  });

  it('scrolls to where a cell is seen whole, below the ruler, and stays there', () => {
    const from = { left: 4000, top: 300, width: 500, height: 200 };
    fc.assert(
      fc.property(fc.integer({ min: 103, max: 3699 }), fc.integer({ min: 0, max: 47 }), (number, row) => {
        const to = { ...from, ...geometry.revealing({ row, number }, from) };
        const [x, y] = [geometry.xOf(number) - to.left, geometry.yOf(row) - to.top];
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + CELL_WIDTH).toBeLessThanOrEqual(to.width);
        expect(y).toBeGreaterThanOrEqual(RULER_HEIGHT);
        expect(y + ROW_HEIGHT).toBeLessThanOrEqual(to.height);
        expect(geometry.revealing({ row, number }, to)).toEqual({ left: to.left, top: to.top });
      }),
    );
  });

  it('shows every row that has a pixel in the window, and few others', () => {
    fc.assert(
      fc.property(fc.nat(geometry.height), fc.integer({ min: 60, max: 900 }), (top, height) => {
        const { fromRow, toRow } = geometry.visible({ left: 0, top, width: 500, height });
        const all = Array.from({ length: 48 }, (_, row) => row);
        // The ruler covers the top of the window.
        const seen = all.filter((row) => {
          const y = geometry.yOf(row) - top;
          return y + ROW_HEIGHT > RULER_HEIGHT && y < height;
        });
        expect(fromRow).toBeLessThanOrEqual(seen[0] ?? 48);
        expect(toRow).toBeGreaterThanOrEqual(seen.at(-1) ?? 0);
        expect(toRow - fromRow).toBeLessThanOrEqual(Math.ceil(height / ROW_HEIGHT));
      }),
    );
  });

  it.each([
    [2000, 10_000],
    [1920, 10_000],
    [500, 5000],
    [6000, 30_000],
  ])('labels %i ms segments every %i ms', (segmentMs, stepMs) => {
    expect(rulerStepMs(segmentMs)).toBe(stepMs);
  });
});

/** Takes every call and property of a canvas, and counts what draws. */
function recordingContext() {
  const calls = { count: 0 };
  const context = new Proxy({} as CanvasRenderingContext2D, {
    get: () => () => {
      calls.count++;
    },
    set: () => true,
  });
  return { context, calls };
}

const PALETTE = {
  ...{ ink: '', quiet: '', edge: '', faint: '', panel: '', bad: '', badGround: '', accent: '' },
  ...{ onPipeline: '', live: '', pipelines: [''] },
};

describe('painting', () => {
  const letters = 'gdml'.repeat(LARGE.numbers / 4);
  const rows = Object.fromEntries(
    Array.from({ length: LARGE.pipelines }, (_, at) => [`p${at}`, { fates: letters }]),
  );
  const model = modelOf(
    Object.fromEntries(
      Array.from({ length: LARGE.representations }, (_, at) => [
        `v${at}`,
        { selected: '0123'.repeat(LARGE.numbers / 4), rows },
      ]),
    ),
  );
  const geometry = new GridGeometry({
    ...{ first: FIRST, last: FIRST + LARGE.numbers - 1 },
    ...{ rows: LARGE.representations * LARGE.pipelines, rowsPerGroup: LARGE.pipelines },
  });
  const paint = (left: number, width: number, height: number) => {
    const { context, calls } = recordingContext();
    const window = { left, top: 0, width, height };
    const scene = { model, geometry, window, range: undefined, onScreen: undefined };
    return { drawn: paintGrid(context, scene, PALETTE), calls: calls.count };
  };

  it('draws what is seen, however long the window of the event is', () => {
    const [width, height] = [900, 400];
    const most = (width / CELL_WIDTH + 1) * (height / ROW_HEIGHT + 1);
    for (const left of [0, 20_000, geometry.width - width]) {
      const { drawn, calls } = paint(left, width, height);
      expect(drawn).toBeGreaterThan(400);
      expect(drawn).toBeLessThanOrEqual(most);
      expect(calls).toBeLessThan(most * 25);
    }
  });

  it('draws no more than the sheet has', () => {
    expect(paint(0, 100_000, 10_000).drawn).toBe(48 * LARGE.numbers);
  });
});
