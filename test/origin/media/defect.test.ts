import { encodeDefects } from '../../../http/segment-headers';
import { defect, measure } from '../../../origin/media/defect';
import { guardBoxes } from '../../../origin/media/box-guard';
import { timingDefects } from '../../../origin/media/timing';
import { EXPECTED, SEGMENT } from '../../support/timed';
import { text, u32 } from '../../support/boxes';

describe('measures fit the header that tells them (RFC 9651, 3.3.1: 15 digits)', () => {
  it.each([
    [999_999_999_999_999n, 999_999_999_999_999],
    [1_000_000_000_000_000n, '1000000000000000'],
    [-1_000_000_000_000_000n, '-1000000000000000'],
    [2 ** 52, '4503599627370496'],
  ])('%d', (amount, told) => {
    expect(measure(amount)).toBe(told);
    expect(encodeDefects([defect('short', { missing: measure(amount) })])).toContain('short;missing=');
  });

  it('of frames: a segment that lasts a century', () => {
    const frame = { frameTicks: 1n, durationTicks: 2n ** 60n, sampleCount: 1 };
    const long = timingDefects({ ...SEGMENT, ...frame }, EXPECTED);
    expect(encodeDefects(long)).toMatch(/^long;extra="\d+";ticks="\d+"$/);
  });

  it('of bytes: a box of petabytes', () => {
    const refused = guardBoxes(Uint8Array.from([...u32(1), ...text('moof'), ...u32(0x1f_ffff, 0)]));
    if (refused.kind !== 'refused') throw new Error(`wanted it refused, got ${JSON.stringify(refused)}`);
    expect(encodeDefects([refused.defect])).toMatch(/^truncated;box="moof";wanted="\d{16}";got=16$/);
  });
});
