import { bytesText, numberText } from '../../console/pages/cells.js';
import {
  bodyOf,
  CHANGE_KINDS,
  changeText,
  effectText,
  entryText,
  undoPath,
} from '../../console/pages/change-kinds.js';
import { defectText, segmentPath, withoutSubject } from '../../console/pages/explain-words.js';
import { CLASSES, classOf, RequestRates } from '../../console/pages/measures.js';
import { ratePerSecond, samplesOf } from '../../console/pages/prometheus-text.js';
import { segmentName, writeNumber } from '../../origin/events/template';

describe('an explanation', () => {
  it('does not repeat its heading', () => {
    expect(
      withoutSubject('Segment 7 of v720: served from pipeline b. Pipeline a was passed over: gap.'),
    ).toBe('Served from pipeline b. Pipeline a was passed over: gap.');
    expect(withoutSubject('404, no template makes this path.')).toBe('404, no template makes this path.');
  });

  it('tells what a defect measures', () => {
    expect(defectText({ name: 'short', missing: 12, ticks: -6144 })).toBe('short (missing 12, ticks -6144)');
  });
});

describe('the path of a segment', () => {
  it.each([
    ['$RepresentationID$/$Number$.m4s', 'v720', 42],
    ['video/$RepresentationID$-$Number%09d$.m4s', 'v720', 42],
    ['$RepresentationID$/seg-$Number%05d$.mp4', 'a128', 1234567],
  ])('of %s is what the origin resolves', (media, representation, number) => {
    const configuration = { segmentTemplate: { media }, representations: [{ id: representation }] };
    expect(segmentPath(configuration, representation, number)).toBe(
      writeNumber(segmentName(media, representation), number),
    );
  });

  it("is the representation's own where it has one", () => {
    const representations = [{ id: 'v720', media: 'own/$Number$.m4s' }];
    const configuration = { segmentTemplate: { media: '$Number$' }, representations };
    expect(segmentPath(configuration, 'v720', 5)).toBe('own/5.m4s');
  });
});

describe('what forms send', () => {
  const kind = (id: string) => {
    const found = CHANGE_KINDS.find((one) => one.id === id);
    if (found === undefined) throw new Error(`kind: wanted ${id}, got none`);
    return found;
  };

  it.each([
    [
      'mask',
      { pipeline: 'a', representation: '', fromSegment: '897 691 769', toSegment: '', reason: 'green' },
      { pipeline: 'a', fromSegment: 897691769, reason: 'green' },
    ],
    ['prefer', { order: 'b, a', fromSegment: '7' }, { order: ['b', 'a'], fromSegment: 7 }],
    ['notice', { type: 'ad', data: '{"seconds": 30}' }, { type: 'ad', data: { seconds: 30 } }],
    [
      'invalidate',
      { scope: 'all', fromSegment: '5', reason: 'wrong logo' },
      { all: true, reason: 'wrong logo' },
    ],
    [
      'invalidate',
      { scope: 'range', fromSegment: '5', toSegment: '9', region: 'us-west-2' },
      { fromSegment: 5, toSegment: 9, region: 'us-west-2' },
    ],
  ])('%s: %j', (id, values, body) => {
    expect(bodyOf(kind(id), values)).toEqual({ body });
  });

  it.each([
    ['mask', { pipeline: 'a', fromSegment: 'now' }, 'fromSegment'],
    ['mask', { pipeline: 'a', fromSegment: '' }, 'fromSegment'],
    ['mask', { pipeline: 'a', fromSegment: '99999999999999999' }, 'fromSegment'],
    ['notice', { type: '' }, 'type'],
    ['notice', { type: 'ad', data: '[1]' }, 'data'],
    ['invalidate', { scope: 'range', fromSegment: '5', toSegment: '' }, 'toSegment'],
  ])('%s refuses %j by field', (id, values, field) => {
    expect(bodyOf(kind(id), values)).toMatchObject({ field, problem: expect.any(String) as string });
  });

  it('tells when a change acts, and what is slower', () => {
    const slower = [
      { what: 'HLS playlists in caches', withinMs: 5000 },
      { what: 'CloudFront', withinMs: null },
    ];
    expect(effectText({ originsMs: 2000, slower })).toBe(
      'Every origin acts on it within 2 s. Slower: HLS playlists in caches: within 5 s; CloudFront.',
    );
  });

  it.each([
    ['masks', { pipeline: 'a', fromSegment: 5 }, 'a masked from 5'],
    [
      'masks',
      { pipeline: 'a', automatic: true, representation: 'v720', fromSegment: 5, toSegment: 9 },
      'By rule: a masked in v720 from 5 to 9',
    ],
    ['preferences', { order: ['b', 'a'], fromSegment: 5 }, 'Order b → a from 5'],
    ['notices', { type: 'ad-break', id: '17' }, 'ad-break 17'],
  ])('says of %s in force %j', (list, entry, text) => {
    expect(entryText(list, entry)).toBe(text);
  });
});

describe('changes', () => {
  it.each([
    ['masks', { id: '0001-ab' }, 'masks/0001-ab'],
    ['notices', { type: 'ad-break', id: '17' }, 'notices/ad-break/17'],
    ['notices', { type: 'ad-break' }, 'notices/ad-break'],
  ])('of %s are taken back at the right place: %j', (list, entry, path) => {
    expect(undoPath(list, entry)).toBe(path);
  });

  it('are told without what only programs read', () => {
    const detail = { id: 'x', pipeline: 'a', fromSegment: 7, digest: 'f'.repeat(64), validUntilMs: 5 };
    const members = [{ member: 'publish.delayMs', from: '500' }];
    expect(changeText({ detail, members })).toBe('pipeline a · from segment 7 · publish.delayMs: 500 → none');
  });
});

describe('numbers for people', () => {
  it.each([
    [undefined, ''],
    [999, '999 B'],
    [76_421, '76 kB'],
    [4_700_000, '4.70 MB'],
  ])('%s bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  it('groups digits by three', () => expect(numberText(897691769)).toBe('897\u202f691\u202f769'));
});

describe('counters of the edge', () => {
  const page = [
    '# HELP headwater_edge_answers_total Requests by how the edge answered',
    'headwater_edge_answers_total{outcome="hit"} 12',
    'headwater_edge_answers_total{outcome="a\\"b"} 3',
    'headwater_edge_answers_totality 99',
    'headwater_edge_cached_bytes 5e6',
  ].join('\n');

  it('are read by name and label', () => {
    expect(samplesOf(page, 'headwater_edge_answers_total')).toEqual([
      { labels: { outcome: 'hit' }, value: 12 },
      { labels: { outcome: 'a\\"b' }, value: 3 },
    ]);
    expect(samplesOf(page, 'headwater_edge_cached_bytes')).toEqual([{ labels: {}, value: 5e6 }]);
  });

  it('are drawn by class, those that were met, in order', () => {
    const rates = new RequestRates(CLASSES, classOf);
    const reading = (live: number, dvr: number) =>
      ['hit', 'miss']
        .flatMap((outcome) => [
          `headwater_edge_answers_total{class="live",outcome="${outcome}"} ${live}`,
          `headwater_edge_answers_total{class="dvr",outcome="${outcome}"} ${dvr}`,
        ])
        .join('\n');
    rates.read(reading(0, 7), 1000);
    rates.read(reading(10, 7), 3000);
    expect(rates.shown()).toEqual({ names: ['live'], rows: [[3], [10]] });
    rates.read(reading(10, 8), 5000);
    expect(rates.shown()).toEqual({
      names: ['live', 'dvr'],
      rows: [
        [3, 5],
        [10, 0],
        [0, 1],
      ],
    });
  });

  it.each([
    [10, 30, 2000, 10],
    [10, 4, 2000, 2],
    [10, 30, 0, 0],
  ])('from %i to %i in %i ms are %i a second', (before, after, elapsedMs, rate) => {
    expect(ratePerSecond(before, after, elapsedMs)).toBe(rate);
  });
});
