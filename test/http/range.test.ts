import fc from 'fast-check';
import { wantedByEtag, wantedOf } from '../../http/range';
import { request } from '../support/deployment';

const SIZE = 1000;
const ETAG = '"d1"';

function wanted(headers: Readonly<Record<string, string>>, method = 'GET', size = SIZE): string {
  const found = wantedOf(request('/x', { method, headers }))('d1', size);
  if (found.kind === 'part') return `${found.range.start}-${found.range.end - 1}`;
  return found.kind === 'none' ? found.why : found.kind;
}

describe('Range (RFC 9110, 14.2)', () => {
  it.each([
    ['bytes=0-499', '0-499'],
    ['bytes=0-0', '0-0'],
    ['bytes=500-999', '500-999'],
    ['bytes=500-', '500-999'],
    ['bytes=500-1000', '500-999'],
    ['bytes=-1', '999-999'],
    ['bytes=-500', '500-999'],
    ['bytes=-2000', '0-999'],
    ['BYTES=0-1', '0-1'],
    ['bytes=1000-', 'unsatisfiable'],
    ['bytes=1000-2000', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=500-499', 'all'],
    ['bytes=-', 'all'],
    ['bytes=a-b', 'all'],
    ['bytes=0-1,5-6', 'all'],
    ['items=0-1', 'all'],
    ['bytes=0x0-1', 'all'],
    ['0-1', 'all'],
    ['', 'all'],
  ])('%j of 1000 bytes: %s', (range, expected) => {
    expect(wanted({ range })).toBe(expected);
  });

  it('a part lies within the object, whatever is asked', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 10_000 }), (first, last, size) => {
        const found = wantedOf(request('/x', { headers: { range: `bytes=${first}-${last}` } }))('d1', size);
        if (found.kind !== 'part') return;
        expect(found.range.start).toBe(first);
        expect(found.range.end).toBe(Math.min(last + 1, size));
        expect(found.range.start).toBeLessThan(found.range.end);
      }),
    );
  });
});

describe('preconditions (RFC 9110, 13.2.2), and what comes before what', () => {
  const range = 'bytes=0-1';
  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['the client has it', { 'if-none-match': ETAG }, 'GET', 'not-modified'],
    ['a weak validator compares too', { 'if-none-match': 'W/"d1"' }, 'GET', 'not-modified'],
    ['one of several', { 'if-none-match': '"x", "d1"' }, 'GET', 'not-modified'],
    ['any', { 'if-none-match': '*' }, 'GET', 'not-modified'],
    ['the client has another', { 'if-none-match': '"d2"' }, 'GET', 'all'],
    ['before Range', { 'if-none-match': ETAG, range }, 'GET', 'not-modified'],
    ['of HEAD too', { 'if-none-match': ETAG }, 'HEAD', 'not-modified'],
    ['If-Range with the validator', { 'if-range': ETAG, range }, 'GET', '0-1'],
    ['If-Range with another: the whole', { 'if-range': '"d2"', range }, 'GET', 'all'],
    ['If-Range compares strongly', { 'if-range': 'W/"d1"', range }, 'GET', 'all'],
    [
      'If-Range with a date: never ours',
      { 'if-range': 'Thu, 01 Jan 2026 00:00:00 GMT', range },
      'GET',
      'all',
    ],
    ['HEAD has no ranges', { range }, 'HEAD', 'head'],
    ['nor any that cannot be satisfied', { range: 'bytes=5000-' }, 'HEAD', 'head'],
  ])('%s', (_, headers, method, expected) => {
    expect(wanted(headers, method)).toBe(expected);
  });
});

describe('objects of others, whose validator may be weak or missing', () => {
  const range = 'bytes=0-1';
  it.each<[string, string | undefined, Readonly<Record<string, string>>, string]>([
    ['a weak one compares weakly', 'W/"d1"', { 'if-none-match': '"d1"' }, 'none'],
    ['but not for If-Range', 'W/"d1"', { 'if-range': 'W/"d1"', range }, 'all'],
    ['none is like no other', undefined, { 'if-none-match': '"d1"' }, 'all'],
    ['none is there all the same', undefined, { 'if-none-match': '*' }, 'none'],
    ['none, and a part', undefined, { range }, 'part'],
    ['none, and If-Range', undefined, { 'if-range': '"d1"', range }, 'all'],
  ])('%s', (_, etag, headers, expected) => {
    expect(wantedByEtag(request('/x', { headers }))(etag, SIZE).kind).toBe(expected);
  });
});
