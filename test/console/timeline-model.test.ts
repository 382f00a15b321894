import { cellWords } from '../../console/pages/cells.js';
import { BLOCK, TimelineModel } from '../../console/pages/timeline-model.js';
import { FIRST, gridAnswer, modelOf, SEGMENT_MS } from './grid-answer';

const FAILOVER = {
  v720: {
    selected: '00110-',
    rows: {
      a: { fates: 'ggdmlm', masks: '----o-', defects: { [FIRST + 2]: ['short'] } },
      b: { fates: 'gggggm' },
    },
  },
};

describe('the model of the timeline', () => {
  it.each([
    [0, 0, 'clean, viewers get this copy'],
    [1, 0, 'clean'],
    [0, 2, 'defective: short'],
    [1, 2, 'clean, viewers get this copy'],
    [0, 3, 'missing'],
    [0, 4, 'late, masked, viewers get this copy'],
    [0, 9, 'not loaded yet'],
  ])('row %i, number +%i is %s', (row, at, words) => {
    expect(cellWords(modelOf(FAILOVER).cell(row, FIRST + at))).toBe(words);
  });

  it('tells when the media of a number ends, and which number an instant is in', () => {
    const model = modelOf(FAILOVER);
    expect(model.mediaEndMs(FIRST + 2)).toBe((FIRST + 3) * SEGMENT_MS);
    expect(model.numberAt((FIRST + 2) * SEGMENT_MS + 1)).toBe(FIRST + 2);
    expect(model.numberAt((FIRST + 3) * SEGMENT_MS)).toBe(FIRST + 2);
  });

  it('finds the newest fault, and the one before', () => {
    const model = modelOf(FAILOVER);
    expect(model.newestFault(Infinity)).toEqual({ row: 0, number: FIRST + 5 });
    expect(model.newestFault(FIRST + 2)).toEqual({ row: 0, number: FIRST + 2 });
    expect(model.newestFault(FIRST + 1)).toBeUndefined();
  });

  it('wants the blocks that it has not, the newest first, and all of them once the event has changed', () => {
    const from = 10 * BLOCK;
    const liveEdge = 12 * BLOCK + 4;
    const letters = { v720: { selected: '0'.repeat(BLOCK), rows: { a: { fates: 'g'.repeat(BLOCK) } } } };
    const more = { liveEdge, windowStart: from - 3 };
    const model = modelOf(letters, { ...more, from, to: from + BLOCK - 1 });
    expect(model.blocksWanted(0, Infinity)).toEqual([12, 11, 9]);
    model.apply(gridAnswer(letters, { ...more, from: 11 * BLOCK, to: 12 * BLOCK - 1, revision: 2 }));
    expect(model.blocksWanted(0, Infinity)).toEqual([12, 10, 9]);
    model.markStale(11 * BLOCK, 11 * BLOCK);
    expect(model.blocksWanted(11 * BLOCK, 12 * BLOCK)).toEqual([12, 11]);
  });

  it('forgets what has left the window', () => {
    const model = modelOf(FAILOVER, { from: 0, to: 5, liveEdge: 5, windowStart: 0 });
    expect(model.cell(0, 3).fate).toBe('missing');
    model.apply(gridAnswer(FAILOVER, { from: 5 * BLOCK, windowStart: 4 * BLOCK }));
    expect(model.cell(0, 3).fate).toBe('unknown');
    expect(model.cell(0, 5 * BLOCK + 3).fate).toBe('missing');
  });

  it('does not step back when answers overtake each other', () => {
    const model = modelOf(FAILOVER, { liveEdge: 2000 });
    model.apply(gridAnswer(FAILOVER, { liveEdge: 1999 }));
    expect(model.liveEdge).toBe(2000);
  });

  it('begins anew when the event has other representations', () => {
    const model = modelOf(FAILOVER);
    model.apply(gridAnswer({ a128: { selected: '-', rows: { a: { fates: 'p' } } } }, { from: FIRST + 6 }));
    expect(model.rows).toEqual([{ representation: 'a128', contentType: 'video', pipeline: 'a' }]);
    expect(model.cell(0, FIRST).fate).toBe('unknown');
  });

  it('is empty, and wants nothing, before the first answer', () => {
    const model = new TimelineModel();
    expect(model.rows).toEqual([]);
    expect(model.blocksWanted(0, 1e9)).toEqual([]);
    expect(model.newestFault(Infinity)).toBeUndefined();
  });
});
