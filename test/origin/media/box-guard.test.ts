import fc from 'fast-check';
import {
  BOXES_MAX,
  BRANDS_MAX,
  DEPTH_MAX,
  SAMPLES_MAX,
  guardBoxes,
  type GuardResult,
} from '../../../origin/media/box-guard';
import type { Box } from '../../../origin/media/box';
import { inspectInit } from '../../../origin/media/inspect-init';
import { inspectSegment } from '../../../origin/media/inspect-segment';
import { isFatal } from '../../../origin/media/defect';
import { nodeDigester } from '../../../stores/node-digester';
import { box, fragment, fullBox, joined, text, u32 } from '../../support/boxes';
import { FIXTURE_NAMES, fixture, said, segmentOf } from '../../support/media';

function refusal(result: GuardResult): string | undefined {
  return result.kind === 'refused' ? said([result.defect])[0] : undefined;
}

function flat(boxes: readonly Box[]): readonly Box[] {
  return boxes.flatMap((one) => [one, ...flat(one.children)]);
}

const avc = segmentOf(fixture('avc-25'));
const chunked = segmentOf(fixture('avc-25-chunked'));

describe('the structural guard', () => {
  it.each(FIXTURE_NAMES)('lets every box of %s pass and visits each once', (name) => {
    const { initBytes, segments } = fixture(name);
    for (const bytes of [initBytes, ...segments.map((segment) => segment.bytes)]) {
      const guarded = guardBoxes(bytes);
      expect(guarded.kind).toBe('guarded');
      if (guarded.kind !== 'guarded') continue;
      expect(flat(guarded.boxes)).toHaveLength(guarded.visited);
      expect(guarded.boxes.at(-1)?.end).toBe(bytes.length);
    }
  });

  it.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(), 'malformed;wanted=an ISO BMFF box;got=no bytes'],
    ['zeros', new Uint8Array(1000), 'malformed;wanted=an ISO BMFF box;got=nothing but zeros'],
    ['HTML', Uint8Array.from(text('<!DOCTYPE html><title>502')), 'malformed;wanted=an ISO BMFF box;got=HTML'],
    [
      'an MPD',
      Uint8Array.from(text('<?xml version="1.0"?><MPD/>')),
      'malformed;wanted=an ISO BMFF box;got=XML',
    ],
    ['JSON', Uint8Array.from(text('{"message":"x"}')), 'malformed;wanted=an ISO BMFF box;got=JSON'],
    [
      'a playlist',
      Uint8Array.from(text('#EXTM3U\n#EXT')),
      'malformed;wanted=an ISO BMFF box;got=an HLS playlist',
    ],
    ['WebVTT', Uint8Array.from(text('WEBVTT\n\n00:01')), 'malformed;wanted=an ISO BMFF box;got=WebVTT text'],
    [
      'MPEG-TS',
      Uint8Array.from({ length: 376 }, (_, index) => (index % 188 === 0 ? 0x47 : 0xff)),
      'malformed;wanted=an ISO BMFF box;got=MPEG-TS',
    ],
    ['seven bytes', avc.bytes.slice(0, 7), 'truncated;box=first;wanted=8;got=7'],
  ])('says what %s is that came instead of boxes', (_, bytes, wanted) => {
    expect(refusal(guardBoxes(bytes))).toBe(wanted);
  });

  it.each<[string, Uint8Array, string]>([
    [
      'a size of 4',
      joined(box('styp', text('msdh'), u32(0)), Uint8Array.from([...u32(4), ...text('free')])),
      'malformed;box=free;at=16;wanted=8;got=4',
    ],
    [
      'largesize 0',
      Uint8Array.from([...u32(1), ...text('free'), ...u32(0, 0)]),
      'malformed;box=free;at=0;wanted=16;got=0',
    ],
    [
      'largesize 2^63',
      Uint8Array.from([...u32(1), ...text('mdat'), ...u32(0x8000_0000, 0)]),
      'malformed;box=mdat;at=0;wanted=a size below 2^53;got=a greater one',
    ],
    ['a size of 0 inside a box', box('moof', u32(0), text('mfhd')), 'malformed;box=mfhd;at=8;wanted=8;got=0'],
    [
      'a child longer than its parent',
      box('moof', u32(100), text('mfhd'), u32(0, 0)),
      'malformed;box=mfhd;wanted=108;got=24',
    ],
    [
      'bytes left over in a parent',
      box('moof', fullBox('mfhd', 0, 0, u32(1)), [1, 2, 3]),
      'malformed;box=header;wanted=32;got=27',
    ],
    ['a uuid box without its type', box('uuid', u32(1)), 'malformed;box=uuid;at=0;wanted=24;got=12'],
    [
      'a type of control characters',
      joined(box('free'), box('\u0001\u0002\u0003\u0004')),
      'malformed;at=8;wanted=a box;got=no ISO BMFF box',
    ],
    [
      'a trun of 2^32 - 1 samples without fields',
      box('moof', box('traf', fullBox('trun', 0, 0, u32(0xffff_ffff)))),
      `malformed;box=trun;wanted=${SAMPLES_MAX};got=4294967295`,
    ],
    [
      'a trun of 1000 samples in 4 bytes',
      box('moof', box('traf', fullBox('trun', 0, 0x100, u32(1000, 0)))),
      'malformed;box=trun;wanted=4008;got=12',
    ],
    [
      'a sidx of 65535 references',
      fullBox('sidx', 0, 0, u32(1, 1000, 0, 0), u32(0xffff)),
      'malformed;box=sidx;wanted=786444;got=24',
    ],
    [
      'a sidx of 20000 references that are all there',
      fullBox('sidx', 0, 0, u32(1, 1000, 0, 0), u32(20_000), Array.from<number>({ length: 240_000 }).fill(0)),
      `malformed;box=sidx;wanted=${SAMPLES_MAX};got=20000`,
    ],
    [
      'a styp of 1000 brands',
      box('styp', new Uint8Array(4004)),
      `malformed;box=styp;wanted=${BRANDS_MAX};got=1000`,
    ],
    [
      'a senc whose samples have subsamples',
      box('moof', box('traf', fullBox('senc', 0, 2, u32(9000)))),
      'malformed;box=senc;wanted=18008;got=8',
    ],
    [
      'a saiz of more sizes than bytes',
      box('moof', box('traf', fullBox('saiz', 0, 0, [0], u32(5000)))),
      'malformed;box=saiz;wanted=5009;got=9',
    ],
    [
      'a saio of more offsets than bytes',
      box('moof', box('traf', fullBox('saio', 0, 0, u32(5000)))),
      'malformed;box=saio;wanted=20008;got=8',
    ],
    [
      'an emsg whose string never ends',
      fullBox('emsg', 0, 0, text('urn:x'.repeat(400))),
      'malformed;box=emsg;wanted=strings of at most 1024 bytes;got=2004',
    ],
    [
      'a tfdt of version 1 in 4 bytes',
      box('moof', box('traf', fullBox('tfdt', 1, 0, u32(0)))),
      'malformed;box=tfdt;wanted=12;got=8',
    ],
  ])('refuses %s, with its numbers', (_, bytes, wanted) => {
    expect(refusal(guardBoxes(bytes))).toBe(wanted);
  });

  it('lets a last box of size 0 run to the end of the file', () => {
    const guarded = guardBoxes(Uint8Array.from([...u32(0), ...text('mdat'), 1, 2, 3]));
    expect(guarded).toMatchObject({ kind: 'guarded', boxes: [{ type: 'mdat', payload: 8, end: 11 }] });
  });

  it('reads a largesize where one is used', () => {
    const guarded = guardBoxes(Uint8Array.from([...u32(1), ...text('mdat'), ...u32(0, 20), 1, 2, 3, 4]));
    expect(guarded).toMatchObject({ kind: 'guarded', boxes: [{ type: 'mdat', payload: 16, end: 20 }] });
  });

  it.each<[string, Uint8Array, number]>([
    ['boxes', joined(...Array.from({ length: BOXES_MAX + 1 }, () => box('free'))), BOXES_MAX + 1],
    [
      'nesting',
      Array.from({ length: 100 }).reduce<Uint8Array>((inner) => box('moof', inner), box('free')),
      DEPTH_MAX + 2,
    ],
    [
      'samples in many truns',
      box('moof', ...Array.from({ length: 50 }, () => box('traf', fullBox('trun', 0, 0, u32(1000))))),
      1 + 2 * 11,
    ],
  ])('stops at its limit of %s', (_, bytes, visitedMax) => {
    const guarded = guardBoxes(bytes);
    expect(guarded.kind).toBe('refused');
    expect(guarded.visited).toBeLessThanOrEqual(visitedMax);
  });

  it('lets 10 s of 60 encrypted fragments a second pass, each with its prft', () => {
    const encryption = joined(
      fullBox('senc', 0, 0, u32(1)),
      fullBox('saiz', 0, 0, [0, ...u32(1), 8]),
      fullBox('saio', 0, 0, u32(1, 0)),
    );
    const chunk = Buffer.concat([
      fullBox('prft', 1, 0, u32(1, 2, 3, 0, 0)),
      fragment({ sizes: [100], extra: encryption }),
    ]);
    const guarded = guardBoxes(new Uint8Array(Buffer.concat(Array.from({ length: 600 }, () => chunk))));
    expect([guarded.kind, guarded.visited]).toEqual(['guarded', 6600]);
  });

  it('visits no more boxes for more media data', () => {
    const [small, big] = [16, 2_000_000].map((payload) =>
      guardBoxes(
        Uint8Array.from([
          ...fragment({ sizes: [payload], payload: 0 }).slice(0, -8),
          ...u32(payload + 8),
          ...text('mdat'),
          ...new Uint8Array(payload),
        ]),
      ),
    );
    expect(big?.visited).toBe(small?.visited);
  });
});

describe('bytes that were cut', () => {
  it.each(['avc-25', 'avc-25-chunked', 'avc-25-cenc', 'wvtt', 'av1-25'])(
    'are refused inside any box of %s, and never throw',
    (name) => {
      const { init, segments } = fixture(name);
      const bytes = segments[0]?.bytes ?? new Uint8Array();
      const guarded = guardBoxes(bytes);
      const boxes = guarded.kind === 'guarded' ? flat(guarded.boxes) : [];
      const edges = boxes.flatMap(({ start, payload, end }) => [start + 1, payload, payload + 1, end - 1]);
      const inside = edges.filter((edge) => boxes.every(({ end, type }) => edge !== end || type === 'styp'));
      for (const edge of inside.filter((at) => at > 0 && at < bytes.length)) {
        const { inspection, defects } = inspectSegment(bytes.slice(0, edge), init);
        const atTop = guarded.kind === 'guarded' && guarded.boxes.some(({ start }) => start === edge);
        expect({ edge, fatal: atTop || (inspection === undefined && defects.some(isFatal)) }).toEqual({
          edge,
          fatal: true,
        });
      }
    },
  );

  it('are truncated with the length that was announced', () => {
    expect(refusal(guardBoxes(avc.bytes.slice(0, 5000)))).toBe(
      `truncated;box=mdat;wanted=${avc.bytes.length};got=5000`,
    );
  });
});

describe('bytes that were changed', () => {
  const inits = ['avc-25', 'aac-48k', 'avc-25-cenc', 'stpp'].map((name) => fixture(name));

  it('never throw, and never make more boxes than there are bytes for', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 20 });
    const original = fc.constantFrom(
      ...inits.flatMap((one) => one.segments.slice(0, 1).map(({ bytes }) => ({ bytes, init: one.init }))),
      { bytes: chunked.bytes, init: fixture('avc-25-chunked').init },
    );
    fc.assert(
      fc.property(original, changes, ({ bytes, init }, all) => {
        const changed = new Uint8Array(bytes);
        // Mostly where boxes are; media data is the greater part and says nothing.
        for (const { at, byte } of all) changed[at % Math.min(changed.length, 700)] = byte;
        const { inspection, defects } = inspectSegment(changed, init, nodeDigester);
        expect(inspection === undefined).toBe(defects.some(isFatal));
        const { visited } = guardBoxes(changed);
        expect(visited).toBeLessThanOrEqual(Math.min(BOXES_MAX + 1, changed.length / 8 + 1));
      }),
      { numRuns: 1500 },
    );
  });

  it('never make the inspection of an init throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...inits),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        ({ initBytes }, all) => {
          const changed = new Uint8Array(initBytes);
          for (const [at, byte] of all) changed[at % changed.length] = byte;
          expect(['init', 'defective']).toContain(inspectInit(changed, nodeDigester).kind);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('may be any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { inspection, defects } = inspectSegment(bytes, fixture('avc-25').init);
        expect(inspection).toBeUndefined();
        expect(defects.every(isFatal)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
