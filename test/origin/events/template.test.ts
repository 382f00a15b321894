import fc from 'fast-check';
import {
  checkTemplate,
  readNumber,
  readTime,
  segmentName,
  writeNumber,
} from '../../../origin/events/template';

const name = (template: string) => segmentName(template, 'v720');

describe('a template is taken if every number has exactly one name', () => {
  it.each([
    ['media', '$RepresentationID$/$Number$.m4s'],
    ['media', 'v-$RepresentationID$-$Number%09d$.m4s'],
    ['media', 'deep/down/$Number$'],
    ['initialization', '$RepresentationID$/init.mp4'],
    ['ingestMedia', 'chunk-$RepresentationID$-$Time$.m4s'],
  ] as const)('%s %s', (kind, template) => {
    expect(checkTemplate(kind, template)).toBeUndefined();
  });

  it.each([
    ['media', '$RepresentationID$/segment.m4s', '$Number$ once'],
    ['media', '$Number$/$Number$.m4s', '$Number$ once'],
    ['media', '$RepresentationID$/$Time$.m4s', '$Number$ once'],
    ['media', '$Number%017d$.m4s', 'at most 16'],
    ['media', '$Number%5d$.m4s', '$Number$ once'],
    ['media', '$Bandwidth$/$Number$.m4s', 'names of'],
    ['media', '$$/$Number$.m4s', 'names of'],
    ['media', '../$Number$.m4s', 'dot segments'],
    ['media', './$Number$.m4s', 'dot segments'],
    ['media', '/$Number$.m4s', 'names of'],
    ['media', 'a//$Number$.m4s', 'names of'],
    ['media', 'a%20/$Number$.m4s', 'names of'],
    ['media', 'ä/$Number$.m4s', 'names of'],
    ['initialization', '$Number$.mp4', 'no $Number$'],
    ['ingestMedia', '$Number$.m4s', '$Time$ once'],
  ] as const)('%s %s is refused: wanted %s', (kind, template, wanted) => {
    expect(checkTemplate(kind, template)).toContain(wanted);
  });
});

describe('a number has one name', () => {
  const plain = name('$RepresentationID$/$Number$.m4s');
  const wide = name('$RepresentationID$/$Number%05d$.m4s');
  it.each([
    ['v720/7.m4s', plain, 7],
    ['v720/0.m4s', plain, 0],
    ['v720/9007199254740991.m4s', plain, Number.MAX_SAFE_INTEGER],
    ['v720/07.m4s', plain, 'not-canonical'],
    ['v720/00.m4s', plain, 'not-canonical'],
    ['v720/9007199254740992.m4s', plain, 'not-canonical'],
    ['v720/99999999999999999999.m4s', plain, 'not-canonical'],
    ['v720/00007.m4s', wide, 7],
    ['v720/123456.m4s', wide, 123_456],
    ['v720/7.m4s', wide, 'not-canonical'],
    ['v720/000007.m4s', wide, 'not-canonical'],
    ['v720/-7.m4s', plain, undefined],
    ['v720/+7.m4s', plain, undefined],
    ['v720/7e0.m4s', plain, undefined],
    ['v720/0x7.m4s', plain, undefined],
    ['v720/7.0.m4s', plain, undefined],
    ['v720/٧.m4s', plain, undefined],
    ['v720/.m4s', plain, undefined],
    ['v720/7.m4s/', plain, undefined],
    ['v720/7.M4S', plain, undefined],
    ['v72/7.m4s', plain, undefined],
    ['v720/7.m4s\n', plain, undefined],
    ['v720/100000000000000000000.m4s', plain, undefined],
    ['.m4s', plain, undefined],
  ] as const)('%j', (path, of, expected) => {
    expect(readNumber(of, path)).toBe(expected);
  });

  const names = fc
    .record({
      before: fc.constantFrom('', 'v/', 'seg-', '$RepresentationID$/'),
      width: fc.integer({ min: 0, max: 16 }),
      after: fc.constantFrom('', '.m4s', '/x.mp4'),
    })
    .map(({ before, width, after }) =>
      name(`${before}$Number${width === 0 ? '' : `%0${width.toString().padStart(2, '0')}d`}$${after}`),
    );

  it('what is written is read again', () => {
    fc.assert(
      fc.property(names, fc.maxSafeNat(), (of, number) => {
        expect(readNumber(of, writeNumber(of, number))).toBe(number);
      }),
    );
  });

  it('and nothing else is read as it', () => {
    const digits = fc.stringMatching(/^\d{1,18}$/);
    fc.assert(
      fc.property(names, digits, (of, text) => {
        const path = of.prefix + text + of.suffix;
        const number = readNumber(of, path);
        expect(typeof number === 'number' ? writeNumber(of, number) : path).toBe(path);
      }),
    );
  });
});

it('times may exceed 2^53', () => {
  expect(readTime(name('$Time$.m4s'), '17672256000000001.m4s')).toBe(17_672_256_000_000_001n);
});
