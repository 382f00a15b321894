import { bytesText, numberText, whenText } from '../../console/pages/cells.js';
import { defectText, initPath, segmentPath, withoutSubject } from '../../console/pages/explain-words.js';
import { CLASSES, classOf, RequestRates } from '../../console/pages/measures.js';
import { marksOf } from '../../console/pages/pipeline-chip.js';
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

  it.each([
    ['of its init likewise', {}, 'v720/init.mp4'],
    ['of an init of its own', { initialization: 'own/$RepresentationID$.mp4' }, 'own/v720.mp4'],
  ])('%s', (_, own, path) => {
    const segmentTemplate = { initialization: '$RepresentationID$/init.mp4' };
    expect(initPath({ segmentTemplate, representations: [{ id: 'v720', ...own }] }, 'v720')).toBe(path);
  });
});

describe('letters for chips tell pipelines apart', () => {
  it.each([
    ['a b', 'a b'],
    ['london paris', 'lon par'],
    ['london-a london-b paris-a', 'la lb pa'],
    ['encoder1 encoder2 encoder12', 'e1 e2 e12'],
    ['mainstage maintained', 'age ned'],
    ['aaab-xyz aaac-xyz abab-xyz abac-xyz', '1 2 3 4'],
    ['', ''],
  ])('%s: %s', (pipelines, marks) => {
    expect([...marksOf(pipelines.split(' ')).values()]).toEqual(marks.split(' '));
  });
});

describe('numbers for people', () => {
  it.each([
    [undefined, ''],
    [999, '999 B'],
    [76_421, '76 kB'],
    [4_700_000, '4.70 MB'],
  ])('%s bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  it.each([
    ['2026-07-01T20:15:30Z', '20:15:30 UTC'],
    ['2026-07-02T00:15:30Z', '2026-07-02 00:15:30 UTC'],
  ])('%s is, on the first of July, %s', (instant, text) => {
    expect(whenText(Date.parse(instant), Date.parse('2026-07-01T10:00:00Z'))).toBe(text);
  });

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
