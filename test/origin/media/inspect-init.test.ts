import { inspectInit } from '../../../origin/media/inspect-init';
import { guardBoxes } from '../../../origin/media/box-guard';
import type { Box } from '../../../origin/media/box';
import { nodeDigester } from '../../../stores/node-digester';
import { box, fullBox, initOf, joined, text, u32 } from '../../support/boxes';
import { FIXTURE_NAMES, fixture, said, segmentOf } from '../../support/media';

describe('init segments of real packagers', () => {
  it.each<[string, object]>([
    ['avc-25', { contentType: 'video', codec: 'avc1.64000a', timescale: 12_800, width: 128, height: 72 }],
    ['avc-25-bframes', { codec: 'avc1.64000a', editMediaTime: 1024 }],
    ['avc-25-sidx', { codec: 'avc1.64000a', defaultSampleDuration: 512 }],
    ['avc-5994', { codec: 'avc1.64000a', timescale: 60_000, width: 96, height: 54 }],
    ['hevc-25', { contentType: 'video', codec: 'hvc1.1.6.L30.90' }],
    ['av1-25', { contentType: 'video', codec: 'av01.0.00M.08' }],
    ['aac-48k', { contentType: 'audio', codec: 'mp4a.40.2', sampleRate: 48_000, timescale: 48_000 }],
    ['aac-44k1', { codec: 'mp4a.40.2', sampleRate: 44_100 }],
    ['ac3-48k', { codec: 'ac-3', channels: 2 }],
    ['ec3-48k', { codec: 'ec-3', channels: 2 }],
    ['opus-48k', { codec: 'Opus', channels: 1 }],
    ['flac-48k', { codec: 'fLaC' }],
    ['wvtt', { contentType: 'text', codec: 'wvtt', timescale: 1000 }],
    ['stpp', { contentType: 'text', codec: 'stpp' }],
    [
      'avc-25-cenc',
      {
        codec: 'avc1.64000a',
        protection: {
          scheme: 'cenc',
          defaultKid: '01234567-89ab-cdef-0123-456789abcdef',
          pssh: [expect.stringMatching(/^AAAANHBzc2gB/)],
        },
      },
    ],
    ['aac-48k-cbcs', { codec: 'mp4a.40.2', editMediaTime: 1024, protection: { scheme: 'cbcs' } }],
  ])('%s is read as it was encoded', (name, wanted) => {
    expect(fixture(name).init).toMatchObject({ trackId: 1, ...wanted });
  });

  it.each(FIXTURE_NAMES.filter((name) => !/cenc|cbcs/.test(name)))('%s is not protected', (name) => {
    expect(fixture(name).init).not.toHaveProperty('protection');
  });
});

describe('codecs that ffmpeg and shaka-packager do not make', () => {
  it.each<[string, Uint8Array, string]>([
    [
      'HEVC Main 10, high tier, written in band',
      visual(
        'hev1',
        box('hvcC', [1, 0x22], u32(0x2000_0000), [0xb0, 0, 0, 0, 0, 0, 153], new Uint8Array(10)),
      ),
      'hev1.2.4.H153.B0',
    ],
    [
      'AVC with parameter sets in band',
      visual('avc3', box('avcC', [1, 0x42, 0xc0, 0x1f, 0xff])),
      'avc3.42c01f',
    ],
    ['AV1 Main 10', visual('av01', box('av1C', [0x81, 0x0d, 0x40, 0])), 'av01.0.13M.10'],
    ['VP9', visual('vp09', fullBox('vpcC', 1, 0, [2, 31, 0xa0])), 'vp09.02.31.10'],
  ])('%s', (_, entry, codec) => {
    expect(inspectInit(initOf('vide', entry), nodeDigester)).toMatchObject({ kind: 'init', init: { codec } });
  });

  it.each<[string, readonly number[], string]>([
    ['HE-AAC', [5, 2, 0x2b, 0x10], 'mp4a.40.5'],
    ['xHE-AAC, beyond five bits', [5, 2, 0xf9, 0x40], 'mp4a.40.42'],
  ])('%s', (_, specific, codec) => {
    const decoder = [4, 13 + specific.length, 0x40, 0x15, ...new Uint8Array(11), ...specific];
    const esds = fullBox('esds', 0, 0, [3, 0x80, 0x80, 3 + decoder.length, 0, 0, 0, ...decoder]);
    const entry = box('mp4a', new Uint8Array(28), esds);
    expect(inspectInit(initOf('soun', entry), nodeDigester)).toMatchObject({ init: { codec } });
  });

  it('IMSC 1 text, where the sample entry names it', () => {
    const entry = box(
      'stpp',
      u32(0),
      [0, 0, 0, 1],
      text('http://www.w3.org/ns/ttml\0http://www.w3.org/ns/ttml/profile/imsc1/text\0\0'),
    );
    expect(inspectInit(initOf('subt', entry), nodeDigester)).toMatchObject({
      init: { codec: 'stpp.ttml.im1t', contentType: 'text' },
    });
  });

  it('an unknown sample entry has no codec and is no error', () => {
    const inspected = inspectInit(initOf('meta', box('urim', u32(0, 1))), nodeDigester);
    expect(inspected).toMatchObject({ kind: 'init', init: { contentType: 'application' } });
    expect(inspected.kind === 'init' && inspected.init).not.toHaveProperty('codec');
  });
});

describe('init identity', () => {
  const of = fixture('avc-25');
  const changed = (type: string, offset: number, bytes: readonly number[]) => {
    const copy = new Uint8Array(of.initBytes);
    copy.set(bytes, boxIn(copy, type).payload + offset);
    const inspected = inspectInit(copy, nodeDigester);
    return inspected.kind === 'init' ? inspected.init.identity : said(inspected.defects)[0];
  };

  it('is shared by one encoder in two packagings of one packager', () => {
    expect(fixture('avc-25-chunked').init.identity).toBe(of.init.identity);
  });

  it.each<[string, string, number, readonly number[]]>([
    ['creation time', 'mvhd', 4, u32(1)],
    ['creation time of the track', 'tkhd', 4, u32(1, 1)],
    ['duration of the media', 'mdhd', 28, u32(9)],
    ["the encoder's name", 'avc1', 50, text('another 1.0')],
  ])('does not depend on the %s', (_, type, offset, bytes) => {
    expect(changed(type, offset, bytes)).toBe(of.init.identity);
  });

  it.each<[string, string, number, readonly number[]]>([
    ['timescale', 'mdhd', 20, u32(90_000)],
    ['picture size', 'avc1', 24, [1, 0]],
    ['decoder configuration', 'avcC', 3, [40]],
    ['trex', 'trex', 12, u32(512)],
    ['edit list', 'elst', 16, u32(0, 1024)],
  ])('depends on the %s', (_, type, offset, bytes) => {
    expect(changed(type, offset, bytes)).toMatch(/^[0-9a-f]{64}$/);
    expect(changed(type, offset, bytes)).not.toBe(of.init.identity);
  });

  it('does not depend on a measured bit rate', () => {
    const opus = fixture('opus-48k');
    const copy = new Uint8Array(opus.initBytes);
    copy.set(u32(123_456), boxIn(copy, 'btrt').payload + 4);
    expect(inspectInit(copy, nodeDigester)).toMatchObject({ init: { identity: opus.init.identity } });
  });

  it('depends on the key of an encrypted track', () => {
    const encrypted = fixture('avc-25-cenc');
    const copy = new Uint8Array(encrypted.initBytes);
    copy.set([9], boxIn(copy, 'tenc').end - 1);
    const other = inspectInit(copy, nodeDigester);
    expect(other.kind).toBe('init');
    expect(other.kind === 'init' && other.init.identity).not.toBe(encrypted.init.identity);
  });

  it('is one for an edit list that changes nothing and for none', () => {
    const copy = new Uint8Array(of.initBytes);
    copy.set(text('free'), boxIn(copy, 'edts').start + 4);
    expect(inspectInit(copy, nodeDigester)).toMatchObject({ init: { identity: of.init.identity } });
  });
});

describe('what is no init segment', () => {
  const { initBytes } = fixture('avc-25');

  it.each<[string, Uint8Array, string]>([
    ['a media segment', segmentOf(fixture('avc-25')).bytes, 'malformed;wanted=an init segment;got=moof'],
    ['ftyp alone', initBytes.slice(0, 28), 'malformed;box=moov;wanted=1;got=0'],
    ['a cut init', initBytes.slice(0, 300), `truncated;box=moov;wanted=${initBytes.length};got=300`],
    ['two tracks', withTwoTracks(initBytes), 'malformed;box=trak;wanted=1;got=2'],
    ['a file that is not fragmented', renamed(initBytes, 'mvex'), 'malformed;box=trex;wanted=1;got=0'],
    ['a track without sample entries', renamed(initBytes, 'stsd'), 'malformed;box=stsd;wanted=1;got=0'],
    [
      'a hint track',
      initOf('hint', box('rtp ')),
      'malformed;box=hdlr;wanted=vide soun text subt clcp meta;got=hint',
    ],
    [
      'a timescale of 0',
      initOf('vide', visual('avc1', box('avcC', [1, 2, 3, 4])), 0),
      'malformed;box=mdhd;wanted=a timescale above 0;got=0',
    ],
    ['HTML', Uint8Array.from(text('<html><body>Not Found')), 'malformed;wanted=an ISO BMFF box;got=HTML'],
  ])('%s', (_, bytes, wanted) => {
    const inspected = inspectInit(bytes, nodeDigester);
    expect(inspected.kind === 'defective' && said(inspected.defects)).toEqual([wanted]);
  });
});

function boxIn(bytes: Uint8Array, type: string): Box {
  const guarded = guardBoxes(bytes);
  const search = (boxes: readonly Box[]): Box | undefined => {
    for (const one of boxes) {
      const inside = one.type === type ? one : search(one.children);
      if (inside !== undefined) return inside;
    }
    return undefined;
  };
  const there = guarded.kind === 'guarded' ? search(guarded.boxes) : undefined;
  if (there === undefined) throw new Error(`wanted a ${type} box, got none`);
  return there;
}

function renamed(bytes: Uint8Array, type: string): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy.set(text('free'), boxIn(copy, type).start + 4);
  return copy;
}

function withTwoTracks(bytes: Uint8Array): Uint8Array {
  const [moov, trak] = [boxIn(bytes, 'moov'), boxIn(bytes, 'trak')];
  return joined(
    bytes.slice(0, moov.start),
    box('moov', bytes.slice(moov.payload, trak.end), bytes.slice(trak.start, moov.end)),
  );
}

function visual(type: string, configuration: Uint8Array): Uint8Array {
  return box(type, new Uint8Array(78), configuration);
}
