import fc from 'fast-check';
import { loadDemoAsset } from '../../demo/asset';
import { restamp, RestampError } from '../../demo/restamp';
import { inspectedInit, soundSegment } from '../support/inspected';

const asset = loadDemoAsset();
const segment = asset.segment('v360', 3);
const init = inspectedInit(asset.init('v360'));
const anyStamp = fc.record({
  sequenceNumber: fc.integer({ min: 0, max: 0xffff_ffff }),
  baseMediaDecodeTime: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
});

describe('restamp', () => {
  it('puts a segment at any time and number', () => {
    fc.assert(
      fc.property(anyStamp, (stamp) => {
        expect(soundSegment(restamp(segment, stamp), init)).toMatchObject(stamp);
      }),
    );
  });

  it('moves the time of sidx with tfdt', () => {
    const moved = restamp(segment, { sequenceNumber: 1, baseMediaDecodeTime: 2n ** 40n });
    const earliest = Buffer.from(moved).indexOf('sidx') + 16;
    expect(Buffer.from(moved).readBigUInt64BE(earliest)).toBe(2n ** 40n);
  });

  it('changes nothing else: back at its place, a segment is itself', () => {
    fc.assert(
      fc.property(anyStamp, (stamp) => {
        const moved = restamp(segment, stamp);
        expect(moved).toHaveLength(segment.length);
        const back = restamp(moved, { sequenceNumber: 3, baseMediaDecodeTime: 76_800n });
        expect(Buffer.compare(back, segment)).toBe(0);
      }),
    );
  });

  it('leaves the segment it was given alone', () => {
    const before = Buffer.from(segment);
    restamp(segment, { sequenceNumber: 9, baseMediaDecodeTime: 9n });
    expect(Buffer.compare(before, segment)).toBe(0);
  });

  it('keeps the distance of further fragments, and counts on modulo 2^32', () => {
    const two = Buffer.concat([asset.segment('a128', 0), withoutIndex(asset.segment('a128', 1))]);
    const audio = inspectedInit(asset.init('a128'));
    const moved = restamp(two, { sequenceNumber: 0xffff_ffff, baseMediaDecodeTime: 1000n });
    expect(soundSegment(moved, audio)).toMatchObject({
      fragmentCount: 2,
      sequenceNumber: 0xffff_ffff,
      baseMediaDecodeTime: 1000n,
      durationTicks: 192_512n,
    });
    const second = restamp(
      Buffer.from(moved.subarray(moved.length - withoutIndex(asset.segment('a128', 1)).length)),
      {
        sequenceNumber: 1,
        baseMediaDecodeTime: 96_256n,
      },
    );
    expect(Buffer.compare(second, withoutIndex(asset.segment('a128', 1)))).toBe(0);
    const sequenceNumber = moved.length - withoutIndex(asset.segment('a128', 1)).length + 8 + 12;
    expect(Buffer.from(moved).readUInt32BE(sequenceNumber)).toBe(0);
  });

  it.each([
    ['a sequence number below 0', { sequenceNumber: -1, baseMediaDecodeTime: 0n }],
    ['a sequence number beyond 32 bits', { sequenceNumber: 2 ** 32, baseMediaDecodeTime: 0n }],
    ['a negative time', { sequenceNumber: 0, baseMediaDecodeTime: -1n }],
    ['a time beyond 64 bits', { sequenceNumber: 0, baseMediaDecodeTime: 2n ** 64n }],
  ])('refuses %s', (_, stamp) => {
    expect(() => restamp(segment, stamp)).toThrow(RestampError);
  });

  it.each([
    ['no bytes', new Uint8Array(0)],
    ['half a segment', segment.subarray(0, 200)],
    ['a segment without fragments', segment.subarray(0, 24)],
    ['an init segment', asset.init('v360')],
    ['a tfdt of 32 bits', versionZero(segment, 'tfdt')],
    ['a sidx of 32 bits', versionZero(segment, 'sidx')],
    ['a fragment without tfdt', renamed(segment, 'tfdt')],
    ['a fragment without mfhd', renamed(segment, 'mfhd')],
  ])('refuses %s', (_, bytes) => {
    expect(() => restamp(bytes, { sequenceNumber: 1, baseMediaDecodeTime: 1n })).toThrow(RestampError);
  });

  it('answers with a segment or a RestampError to whatever it is given', () => {
    const moof = segment.subarray(0, 400);
    const damaged = fc
      .array(fc.tuple(fc.nat(moof.length - 1), fc.nat(255)), { maxLength: 6 })
      .map((changes) =>
        changes.reduce((bytes, [at, value]) => bytes.fill(value, at, at + 1), Buffer.from(segment)),
      );
    fc.assert(
      fc.property(damaged, (bytes) => {
        expect(lengthOrError(bytes)).toBe(bytes.length);
      }),
    );
  });
});

/** The length of what came out; a RestampError counts as the length that went in, any other error is thrown. */
function lengthOrError(bytes: Uint8Array): number {
  try {
    return restamp(bytes, { sequenceNumber: 1, baseMediaDecodeTime: 1n }).length;
  } catch (error) {
    if (error instanceof RestampError) return bytes.length;
    throw error;
  }
}

/** From moof on. */
function withoutIndex(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.subarray(Buffer.from(bytes).indexOf('moof') - 4));
}

function versionZero(bytes: Uint8Array, type: string): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[copy.indexOf(type) + 4] = 0;
  return copy;
}

function renamed(bytes: Uint8Array, type: string): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.write('free', copy.indexOf(type));
  return copy;
}
