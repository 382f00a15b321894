import fc from 'fast-check';
import {
  blockOf,
  candidateKey,
  candidatePartition,
  candidateSortPrefix,
  documentObjectKey,
  retentionDays,
  segmentObjectKey,
} from '../../../stores/aws/schema';
import { NOW_MS, sampleBytes, sampleRef } from '../../support/samples';

const DAY_MS = 86_400_000;
const ref = sampleRef(sampleBytes('key'));
const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('the key of a candidate', () => {
  it('is its representation and block of 128, then number and pipeline', () => {
    expect(candidateKey({ ...ref, number: 895_000_000 })).toEqual({
      pk: { S: 'acme#final#v720#6992187' },
      sk: { S: '0000000895000000#a' },
    });
  });

  it('sorts as numbers do, up to 2^53 - 1', () => {
    fc.assert(
      fc.property(number, number, (one, other) => {
        const [left, right] = [candidateSortPrefix(one), candidateSortPrefix(other)];
        expect(Math.sign(left < right ? -1 : left > right ? 1 : 0)).toBe(Math.sign(one - other));
      }),
    );
  });

  it('has one partition for a block, another for the next', () => {
    expect(blockOf(127)).toBe(0);
    expect(blockOf(128)).toBe(1);
    expect(candidatePartition(ref, 0)).not.toBe(candidatePartition(ref, 1));
  });
});

describe('objects', () => {
  it('of segments hold their digest in the key; documents lie elsewhere', () => {
    expect(segmentObjectKey(ref)).toBe(`segments/acme/final/v720/895000000/a/${ref.digest}`);
    expect(documentObjectKey(ref, 'packager/a/x.mpd')).toBe('documents/acme/final/packager/a/x.mpd');
  });

  it.each([
    [0, 1],
    [2 * 3_600_000, 1],
    [DAY_MS, 1],
    [DAY_MS + 1, 2],
    [14 * DAY_MS, 16],
    [32 * DAY_MS, 32],
    [32 * DAY_MS + 1, undefined],
  ])('needed for %d ms are kept for the least class of days that is enough: %p', (neededMs, days) => {
    expect(retentionDays(NOW_MS, NOW_MS + neededMs)).toBe(days);
  });
});
