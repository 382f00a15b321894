import {
  asTrack,
  branded,
  corrupt,
  cutFrames,
  dropFragment,
  shiftFragment,
  truncate,
  withoutSync,
} from '../../../demo/damage';
import { inspectSegment } from '../../../origin/media/inspect-segment';
import { ntpToUnixMs } from '../../../origin/media/ntp';
import type { Track } from '../../../origin/media/track';
import { nodeDigester } from '../../../stores/node-digester';
import { box, fragment, fullBox, joined, text, u32 } from '../../support/boxes';
import { FIXTURE_NAMES, expectationFor, fixture, found, said, segmentOf } from '../../support/media';

const TRACK: Track = {
  trackId: 1,
  timescale: 1000,
  contentType: 'audio',
  defaultSampleDuration: 20,
  defaultSampleSize: 10,
  defaultSampleFlags: 0,
};

function defectsOf(bytes: Uint8Array, track: Track = TRACK): readonly string[] {
  return said(inspectSegment(bytes, track).defects);
}

describe('segments of real encoders', () => {
  it.each(FIXTURE_NAMES)('%s has no defect', (name) => {
    const of = fixture(name);
    for (const { number, bytes } of of.segments) {
      const { defects } = found(of, bytes, expectationFor(of, number));
      // This one begins with the encoder's priming, which the edit list takes off.
      const priming = name === 'aac-48k-cbcs' && number === 1;
      expect({ number, defects: said(defects) }).toEqual({
        number,
        defects: priming ? ['encoder-delay;ticks=-1024'] : [],
      });
    }
  });

  it.each<[string, object]>([
    [
      'avc-25',
      {
        baseMediaDecodeTime: 22_620_487_680_000n,
        durationTicks: 25_600n,
        sampleCount: 50,
        frameTicks: 512n,
        startsWithSync: true,
        fragmentCount: 1,
        timescale: 12_800,
      },
    ],
    [
      'avc-25-10mhz',
      { baseMediaDecodeTime: 17_672_256_000_000_000n, durationTicks: 20_000_000n, timescale: 10_000_000 },
    ],
    ['avc-25-chunked', { durationTicks: 25_600n, sampleCount: 50, fragmentCount: 50, sequenceNumber: 1 }],
    ['avc-2997', { baseMediaDecodeTime: 0n, durationTicks: 60_060n, sampleCount: 60, timescale: 30_000 }],
    ['avc-5994', { durationTicks: 120_120n, sampleCount: 120, timescale: 60_000 }],
    [
      'aac-48k',
      {
        baseMediaDecodeTime: 84_826_828_800_000n,
        durationTicks: 96_256n,
        sampleCount: 94,
        frameTicks: 1024n,
      },
    ],
    ['aac-44k1', { durationTicks: 89_088n, sampleCount: 87, timescale: 44_100 }],
    ['ac3-48k', { sampleCount: 63, frameTicks: 1536n }],
    ['opus-48k', { sampleCount: 100, frameTicks: 960n }],
    ['wvtt', { baseMediaDecodeTime: 0n, durationTicks: 2000n, sampleCount: 3 }],
    ['stpp', { durationTicks: 2000n, sampleCount: 1 }],
    ['avc-25-cenc', { sampleCount: 50, durationTicks: 25_600n }],
    ['aac-48k-cbcs', { presentationOffsetTicks: -1024n, sampleCount: 95 }],
  ])('%s is read as it was encoded', (name, wanted) => {
    const of = fixture(name);
    expect(found(of, segmentOf(of).bytes).inspection).toMatchObject(wanted);
  });

  it('tell when they were encoded, where a prft does', () => {
    const of = fixture('avc-25-chunked');
    const encodedAtMs = found(of, segmentOf(of).bytes).inspection?.encodedAtMs ?? 0;
    expect(encodedAtMs).toBeGreaterThan(Date.UTC(2024, 0, 1));
    expect(encodedAtMs).toBeLessThan(Date.UTC(2060, 0, 1));
  });

  it('count NTP time across its wrap in 2036', () => {
    expect(ntpToUnixMs(2_208_988_800, 0x8000_0000)).toBe(500);
    expect(ntpToUnixMs(0, 0)).toBe(Date.UTC(2036, 1, 7, 6, 28, 16));
  });
});

describe('mediaDigest', () => {
  const [plain, indexed] = [fixture('avc-25'), fixture('avc-25-sidx')];

  it('is of the media data, whatever boxes stand around it', () => {
    const digests = [plain, indexed].map((of) => found(of, segmentOf(of).bytes).inspection?.mediaDigest);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
  });

  it('differs between segments, and between media cut into other fragments', () => {
    const of = fixture('avc-25-chunked');
    const digests = [...plain.segments, ...of.segments].map(
      ({ bytes }) => found(of, bytes).inspection?.mediaDigest,
    );
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('is taken of video only, and only with a digester', () => {
    const { bytes } = segmentOf(plain);
    expect(inspectSegment(bytes, plain.init).inspection).not.toHaveProperty('mediaDigest');
    const audio = { ...plain.init, contentType: 'audio' as const };
    expect(inspectSegment(bytes, audio, nodeDigester).inspection).not.toHaveProperty('mediaDigest');
  });
});

describe('damage to real segments', () => {
  it.each<[string, string, (bytes: Uint8Array) => Uint8Array, readonly string[]]>([
    [
      'a connection that breaks',
      'avc-25',
      (bytes) => truncate(bytes, 6000),
      ['truncated;box=mdat;wanted=11936;got=6000'],
    ],
    [
      'a chunk that breaks',
      'avc-25-chunked',
      (bytes) => truncate(bytes, bytes.length - 5),
      ['truncated;box=mdat;wanted=18776;got=18771'],
    ],
    [
      'an empty body',
      'avc-25',
      (bytes) => truncate(bytes, 0),
      ['malformed;wanted=an ISO BMFF box;got=no bytes'],
    ],
    ['noise', 'avc-25', (bytes) => corrupt(bytes, 1), ['malformed;at=76;wanted=a box;got=no ISO BMFF box']],
    ['another track', 'avc-25-chunked', (bytes) => asTrack(bytes, 2), ['wrong-track;wanted=1;got=2']],
    ['a lost chunk', 'avc-25-chunked', (bytes) => dropFragment(bytes, 20), ['gap;ticks=512;missing=1']],
    [
      'a lost last chunk',
      'avc-25-chunked',
      (bytes) => dropFragment(bytes, 49),
      ['short;missing=1;ticks=-512'],
    ],
    [
      'a chunk that comes early',
      'avc-25-chunked',
      (bytes) => shiftFragment(bytes, 30, -200n),
      ['gap;ticks=200;missing=0', 'overlap;ticks=-200'],
    ],
    ['a picture that nothing can begin with', 'avc-25', withoutSync, ['no-sync']],
    ['filler', 'avc-25', (bytes) => branded(bytes, 'slat'), ['filler']],
    ['the last segment', 'avc-25', (bytes) => branded(bytes, 'lmsg'), []],
    [
      'boxes that CMAF does not know',
      'avc-25',
      (bytes) => joined(bytes, box('mfra'), box('abcd')),
      ['unusual-boxes;boxes=mfra abcd'],
    ],
    ['frames missing at the end', 'avc-25', (bytes) => cutFrames(bytes, 5), ['short;missing=5;ticks=-2560']],
  ])('%s (%s)', (_, name, damage, wanted) => {
    const of = fixture(name);
    expect(said(found(of, damage(segmentOf(of).bytes)).defects)).toEqual(wanted);
  });

  it('keeps the inspection beside defects that are not fatal, and none beside fatal ones', () => {
    const of = fixture('avc-25');
    const { bytes } = segmentOf(of);
    expect(found(of, branded(bytes, 'slat')).inspection).toMatchObject({ filler: true, sampleCount: 50 });
    expect(found(of, branded(bytes, 'lmsg')).inspection).toMatchObject({ last: true });
    expect(found(of, truncate(bytes, 500)).inspection).toBeUndefined();
  });

  it('finds media that counts in another timescale than its init', () => {
    const of = fixture('avc-25');
    const other = inspectSegment(segmentOf(of).bytes, { ...of.init, timescale: 90_000 });
    expect(said(other.defects)).toEqual(['wrong-timescale;wanted=90000;got=12800']);
  });

  it('does not ask audio or text for a sync sample', () => {
    const of = fixture('avc-25');
    expect(defectsOf(withoutSync(segmentOf(of).bytes), { ...of.init, contentType: 'audio' })).toEqual([]);
  });
});

describe('what stands where in a segment', () => {
  const pair = fragment({ sizes: [3, 4] });

  it.each<[string, Uint8Array, readonly string[]]>([
    ['an init', fixture('avc-25').initBytes, ['malformed;wanted=a media segment;got=ftyp']],
    [
      'an init and media in one',
      joined(fixture('avc-25').initBytes.slice(28), pair),
      ['malformed;wanted=a media segment;got=moov'],
    ],
    ['styp alone', box('styp', text('msdh'), u32(0)), ['malformed;box=moof;wanted=1;got=0']],
    ['mdat before moof', joined(box('mdat'), pair), ['malformed;box=mdat;wanted=a moof before it;got=none']],
    ['two mdat', joined(pair, box('mdat')), ['malformed;box=mdat;wanted=a moof before it;got=none']],
    [
      'moof without mdat',
      pair.slice(0, -15),
      [`truncated;box=mdat;wanted=${pair.length};got=${pair.length - 15}`],
    ],
    [
      'two traf',
      box('moof', fullBox('mfhd', 0, 0, u32(1)), box('traf'), box('traf')),
      ['malformed;box=traf;wanted=1;got=2'],
    ],
    [
      'no tfdt',
      joined(
        box('moof', fullBox('mfhd', 0, 0, u32(1)), box('traf', fullBox('tfhd', 0, 0, u32(1)))),
        box('mdat'),
      ),
      ['malformed;box=tfdt;wanted=1;got=0'],
    ],
    [
      'less media than samples',
      fragment({ sizes: [3, 4], payload: 6 }),
      ['truncated;box=mdat;wanted=7;got=6'],
    ],
    [
      'more media than samples',
      fragment({ sizes: [3, 4], payload: 9 }),
      ['malformed;box=mdat;wanted=7;got=9'],
    ],
    [
      'auxiliary information in mdat',
      fragment({ sizes: [3, 4], payload: 9, extra: fullBox('saio', 0, 0, u32(1, 0)) }),
      [],
    ],
    [
      'event messages, index and padding between fragments',
      joined(
        fullBox('emsg', 1, 0, u32(1, 0, 0, 0, 0), [0, 0]),
        pair,
        box('free'),
        fullBox('sidx', 0, 0, u32(1, 1000, 0, 0, 0)),
        fragment({ sizes: [1], tfdt: 40 }),
      ),
      [],
    ],
    ['an empty fragment of a sparse track', fragment(), []],
    ['an empty fragment without mdat', fragment().slice(0, -8), []],
  ])('%s', (_, bytes, wanted) => {
    expect(defectsOf(bytes)).toEqual(wanted);
  });

  it('refuses data offsets that lead out of mdat', () => {
    const bytes = new Uint8Array(pair);
    const dataOffset = bytes.length - 15 - 8 - 4 + 3;
    expect(bytes[dataOffset]).toBe(pair.length - 7);
    bytes[dataOffset] = 1;
    expect(defectsOf(bytes)).toEqual([`malformed;box=trun;wanted=${pair.length - 7};got=1`]);
  });
});

describe('defaults', () => {
  const bytes = fragment({ sampleCount: 5, payload: 50 });

  it('come from trex where neither trun nor tfhd has them', () => {
    const { inspection } = inspectSegment(bytes, TRACK);
    expect(inspection).toMatchObject({ durationTicks: 100n, sampleCount: 5, frameTicks: 20n });
  });

  it('say whether video starts with a sync sample', () => {
    const track: Track = { ...TRACK, contentType: 'video', defaultSampleFlags: 0x1_0000 };
    expect(defectsOf(bytes, track)).toEqual(['no-sync']);
  });

  it('are unknown without an init: then nothing is said of duration, size or sync', () => {
    const { inspection, defects } = inspectSegment(bytes, { timescale: 1000, contentType: 'video' });
    expect(inspection).toMatchObject({ durationUnknown: true, sampleCount: 5, trackId: 1 });
    expect(defects).toEqual([]);
  });
});
