/** The first sweeps all events, so there should be few; the last breaks a region for good. Others go by name. */
const FIRST = 'privilege.test.ts';
const LAST = 'region-loss.test.ts';

function rankOf({ path }) {
  if (path.endsWith(FIRST)) return 0;
  return path.endsWith(LAST) ? 2 : 1;
}

module.exports = class InOrder {
  sort(tests) {
    return [...tests].sort((one, other) => rankOf(one) - rankOf(other) || (one.path < other.path ? -1 : 1));
  }
  shard(tests) {
    return tests;
  }
  allFailedTests(tests) {
    return tests;
  }
  cacheResults() {}
};
