import { endText, lifeOf, type EventLife } from '../../console/pages/event-life.js';
import { healthNow, illSinceMs, servedOf, statusOf, type Health } from '../../console/pages/event-status.js';
import { incidentsOf } from '../../console/pages/incidents.js';
import { overviewOf } from '../../console/pages/overview.js';
import { TimelineModel } from '../../console/pages/timeline-model.js';
import { FIRST, modelOf, SEGMENT_MS } from './grid-answer';

const healthy = (states: Readonly<Record<string, 'ok' | 'down' | 'degraded' | 'idle'>>): Health => ({
  pipelines: Object.entries(states).map(([pipeline, state]) => ({ pipeline, state })),
  ...{ unheard: [], representations: [] },
});
const OK = healthy({ a: 'ok', b: 'ok' });

/** One video representation: what became of a's and b's segments, and whose was selected. */
const v720 = (selected: string, a: string, b: string) =>
  modelOf({ v720: { selected, rows: { a: { fates: a }, b: { fates: b } } } });

describe('the sentence at the top', () => {
  it.each([
    ['all is well', v720('0000', 'gggg', 'gggg'), OK, 'ok', 'Viewers get pipeline a'],
    ['a segment that nobody had', v720('0-00', 'gmgg', 'gmgg'), OK, 'bad', 'Viewers miss segments of v720'],
    ['it may still come', v720('000-', 'gggp', 'gggm'), OK, 'warn', 'Pipeline b: 1 missing of the last 30'],
    ['all are defective', v720('0000', 'ggdd', 'gggd'), OK, 'bad', 'Viewers get defective segments of v720'],
    [
      'a pipeline is down',
      v720('0011', 'ggmm', 'gggg'),
      healthy({ a: 'down', b: 'ok' }),
      'warn',
      'Pipeline a is down since 00:33:24',
    ],
    [
      'it is degraded',
      v720('0000', 'gggg', 'gggg'),
      healthy({ a: 'degraded', b: 'ok' }),
      'warn',
      'Pipeline a is degraded',
    ],
    [
      'faults that health forgives',
      v720('0011', 'ggdm', 'gggg'),
      OK,
      'warn',
      'Pipeline a: 1 missing, 1 defective of the last 30',
    ],
    ['nobody has published', v720('----', '....', '....'), OK, 'wait', 'Nobody has published yet'],
    ['nothing is known', new TimelineModel(), undefined, 'wait', 'Reading the event…'],
  ] as const)('%s', (_, model, health, level, title) => {
    expect(statusOf(model, health)).toMatchObject({ level, title });
  });

  it.each([
    ['sends again', v720('011000', 'gmmggg', 'gggggg'), 'degraded'],
    ['sends nothing still', v720('001111', 'ggmmmm', 'gggggg'), 'down'],
    ['sends defective ones', v720('001111', 'ggmddd', 'gggggg'), 'down'],
  ] as const)('a pipeline that was down and %s', (_, model, state) => {
    expect(healthNow(healthy({ a: 'down', b: 'ok' }), model).pipelines[0]?.state).toBe(state);
  });

  const life = (parts: Partial<EventLife>): EventLife => ({
    ...{ initial: FIRST, final: undefined, expiresMs: undefined, adopting: false },
    ...parts,
  });

  it.each([
    [
      'that has not begun',
      v720('....', '....', '....'),
      life({ initial: FIRST + 100 }),
      ['wait', 'Begins at 00:36:40 UTC', 'In 3 min, with segment 1\u202f100.'],
    ],
    [
      'that has ended',
      v720('0000', 'gggg', 'gggg'),
      life({ final: FIRST + 3, expiresMs: 3_600_000 }),
      [
        'over',
        'The event ended at 00:33:28 UTC',
        'Segment 1\u202f003 is its last. Viewers can go back in it until 01:00:00 UTC.',
      ],
    ],
    [
      'that lost its last',
      v720('000-', 'gggm', 'gggm'),
      life({ final: FIRST + 3 }),
      [
        'over',
        'The event ended at 00:33:28 UTC',
        'Segment 1\u202f003 is its last. Viewers miss segments of v720 near its end.',
      ],
    ],
    [
      'that waits for its tracks',
      modelOf({}, { liveEdge: 5, nowMs: 0 }),
      life({ adopting: true }),
      [
        'wait',
        'Waiting for a packager’s manifest',
        'The event takes its tracks from the first MPD that a pipeline sends, and begins then.',
      ],
    ],
  ] as const)('tells of an event %s', (_, model, of, [level, title, detail]) => {
    model.nowMs = (FIRST + 5) * SEGMENT_MS;
    expect(statusOf(model, OK, of)).toEqual({ level, title, detail });
  });

  it('tells of an end that is still to come', () => {
    const model = v720('0000', 'gggg', 'gggg');
    model.nowMs = (FIRST + 4) * SEGMENT_MS;
    const status = statusOf(model, OK, life({ final: FIRST + 13 }));
    expect(status.detail).toMatch(/in time\. It ends at 00:33:48 UTC, in 20 s\.$/);
    expect(endText(model, life({ final: FIRST + 7203 }))).toMatch(/^It ends at 04:33:28 UTC, in 4 h\.$/);
    expect(endText(model, life({}))).toBe('');
  });

  it('knows of begin and end from what the control plane tells', () => {
    const configuration = { initialSegmentNumber: 7, finalSegmentNumber: null, segmentTemplate: {} };
    expect(lifeOf({ configuration })).toEqual(life({ initial: 7 }));
    expect(lifeOf({ configuration: {}, expiresAt: '1970-01-01T00:00:01Z' })).toEqual(
      life({ initial: 0, expiresMs: 1000, adopting: true }),
    );
  });

  it('names a region that does not answer', () => {
    const model = v720('0000', 'gggg', 'gggg');
    model.unheard = ['us-west-2'];
    expect(statusOf(model, OK)).toMatchObject({ level: 'warn', title: 'us-west-2 does not answer' });
  });

  it('tells who serves now, apart from who served before', () => {
    const served = servedOf(v720('0001', 'gggm', 'gggg'));
    expect(served.serving).toEqual(['b']);
    expect(served.shares).toEqual([
      { pipeline: 'a', share: 0.75 },
      { pipeline: 'b', share: 0.25 },
    ]);
  });

  it('knows since when a pipeline has sent nothing clean', () => {
    const model = v720('0011', 'ggdm', 'gggg');
    expect(illSinceMs(model, 'a')).toBe((FIRST + 2) * SEGMENT_MS);
    expect(illSinceMs(model, 'b')).toBeUndefined();
  });
});

describe('faults as a list', () => {
  it('has a run over numbers and representations as one thing, the newest first', () => {
    const rows = (a: string) => ({ a: { fates: a }, b: { fates: 'gggggggg' } });
    const model = modelOf({
      v720: { selected: '01100111', rows: rows('gddggmmm') },
      a128: { selected: '01100011', rows: rows('gddgggmm') },
    });
    expect(incidentsOf(model, FIRST, 10)).toEqual([
      {
        ...{ pipeline: 'a', fate: 'missing', from: FIRST + 5, to: FIRST + 7 },
        ...{ representations: ['v720', 'a128'], defects: [], served: ['b'] },
      },
      {
        ...{ pipeline: 'a', fate: 'defective', from: FIRST + 1, to: FIRST + 2 },
        ...{ representations: ['v720', 'a128'], defects: [], served: ['b'] },
      },
    ]);
  });

  it('has a fault that comes and goes as one, two that lie apart as two', () => {
    const model = v720('0000000000', 'mgmgggmggg', 'gggggggggg');
    expect(incidentsOf(model, FIRST, 10).map(({ from, to }) => [from - FIRST, to - FIRST])).toEqual([
      [6, 6],
      [0, 2],
    ]);
    expect(incidentsOf(model, FIRST, 1)).toHaveLength(1);
  });
});

describe('the whole window in a strip', () => {
  it('has the worst of each run, and who served', () => {
    const model = v720('00111-001110', 'ggmmmmddgggg', 'gggggmddgggp');
    expect(overviewOf(model, 6)).toEqual([
      { worst: 'well', pipeline: 0 },
      { worst: 'fault', pipeline: 1 },
      { worst: 'lost', pipeline: 1 },
      { worst: 'defective', pipeline: 0 },
      { worst: 'well', pipeline: 1 },
      { worst: 'well', pipeline: 0 },
    ]);
  });

  it('repeats numbers where there are fewer than pixels', () => {
    expect(overviewOf(v720('00', 'gg', 'gg'), 4)).toHaveLength(4);
  });
});
