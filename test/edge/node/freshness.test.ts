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
    ['a year at most', 200, 'max-age=99999999999999999999', 31_536_000_000],
  ])('%s', (_, status, cacheControl, freshMs) => {
    expect(freshnessOf(status, { 'cache-control': cacheControl }).freshMs).toBe(freshMs);
  });

  it('counts the age it already had', () => {
    expect(freshnessOf(200, { 'cache-control': 'max-age=60', age: '45' }).freshMs).toBe(15_000);
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
