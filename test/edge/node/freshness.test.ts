import { freshnessOf } from '../../../edge/node/freshness';

describe('how long an edge keeps a response', () => {
  it.each([
    ['a segment: s-maxage before max-age', 200, 'public, max-age=60, s-maxage=7200, immutable', 7_200_000],
    ['a manifest', 200, 'public, max-age=1, stale-while-revalidate=1', 1000],
    ['a 404 that says so', 404, 'max-age=60', 60_000],
    ['a 410 that says so', 410, 'max-age=86400', 86_400_000],
    ['an overloaded origin', 503, 'max-age=5', 5000],
    ['missing, due', 404, 'max-age=0', 0],
    ['gone, may come', 410, 'no-store', 0],
    ['no word', 200, '', 0],
    ['private', 200, 'private, max-age=60', 0],
    ['no-cache', 200, 'no-cache, max-age=60', 0],
    ['a part', 206, 'max-age=60', 0],
    ['a revalidation', 304, 'max-age=60', 0],
    ['quoted', 200, 'max-age="7"', 7000],
    ['capitals and blanks', 200, ' Max-Age = 7 , Public', 7000],
    ['no number', 200, 'max-age=soon', 0],
    ['negative', 200, 'max-age=-5', 0],
    ['the first of two', 200, 'max-age=7, max-age=60', 7000],
    ['s-maxage alone', 200, 's-maxage=7', 7000],
    ['must-understand, of a status that is understood', 404, 'max-age=7, must-understand', 7000],
    ['must-understand, of another', 299, 'max-age=7, must-understand', 0],
    ['a year at most', 200, 'max-age=99999999999999999999', 31_536_000_000],
  ])('%s', (_, status, cacheControl, freshMs) => {
    expect(freshnessOf(status, { 'cache-control': cacheControl }).freshMs).toBe(freshMs);
  });

  it.each([
    ['45', 15_000],
    ['61', 0],
    ['45, 0', 15_000],
    ['soon', 60_000],
    ['-45', 60_000],
  ])('counts the age it already had: %s', (age, freshMs) => {
    expect(freshnessOf(200, { 'cache-control': 'max-age=60', age }).freshMs).toBe(freshMs);
  });

  const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT';
  it.each<[string, Record<string, string>, number]>([
    ['a minute after Date', { date: DATE, expires: 'Thu, 01 Jan 2026 00:01:00 GMT' }, 60_000],
    ['before Date', { date: DATE, expires: 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    ['without Date', { expires: 'Thu, 01 Jan 2099 00:00:00 GMT' }, 0],
    ['no date', { date: DATE, expires: '0' }, 0],
    ['max-age before it', { date: DATE, expires: DATE, 'cache-control': 'max-age=7' }, 7000],
  ])('Expires: %s', (_, headers, freshMs) => {
    expect(freshnessOf(200, headers).freshMs).toBe(freshMs);
  });

  it.each([
    ['Accept-Encoding, Origin', 60_000],
    ['Accept-Encoding, Cookie', 0],
    ['*', 0],
    ['', 60_000],
  ])('Vary: %s', (vary, freshMs) => {
    expect(freshnessOf(200, { 'cache-control': 'max-age=60', vary }).freshMs).toBe(freshMs);
  });

  it('keeps nothing that sets a cookie', () => {
    expect(freshnessOf(200, { 'cache-control': 'max-age=60', 'set-cookie': 'a=b' }).freshMs).toBe(0);
  });

  it('may stand in for a failing origin as long as stale-if-error says', () => {
    expect(freshnessOf(200, { 'cache-control': 'max-age=1, stale-if-error=10' })).toEqual({
      freshMs: 1000,
      staleIfErrorMs: 10_000,
    });
  });
});
