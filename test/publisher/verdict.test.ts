import { asTrack, withoutSync } from '../../demo/damage';
import { readEvent, type EventKnowledge } from '../../publisher/event-knowledge';
import { InitDirectory } from '../../publisher/inits';
import { inspect, kindOf } from '../../publisher/verdict';
import { nodeDigester } from '../../stores/node-digester';
import { fixture, segmentOf, type Fixture } from '../support/media';

const AVC = fixture('avc-25');
const AAC = fixture('aac-48k');
const KEY = { tenant: 'demo', event: 'loop' };
const BELOW = '/live/demo/loop/';

const CONFIGURATION = {
  segmentTemplate: {
    timescale: 1000,
    duration: 2000,
    startNumber: 0,
    initialization: '$RepresentationID$/init.mp4',
    media: '$RepresentationID$/$Number$.m4s',
    ingestMedia: '$RepresentationID$/t$Time$.m4s',
  },
  pipelines: ['a'],
  representations: [
    { id: 'v', contentType: 'video', frameRate: '25' },
    { id: 's', contentType: 'audio' },
  ],
};

function inspectorWith(inits: readonly (readonly [string, Fixture])[], configuration?: unknown) {
  const directory = new InitDirectory();
  for (const [path, { init, initBytes }] of inits)
    directory.remember({
      init,
      parcel: {
        ...{ kind: 'init', path: BELOW + path, track: '', headers: {}, bytes: initBytes },
        ...{ digest: path, receivedAtMs: 0, sequence: 0 },
      },
    });
  const event = configuration === undefined ? undefined : readEvent(KEY, { version: 1, configuration });
  const events: EventKnowledge = { of: () => event };
  return { inits: directory, events, digester: nodeDigester };
}

const names = (found: readonly { name: string }[]) => found.map(({ name }) => name);
const { number: N, bytes: BYTES } = segmentOf(AVC);

describe('what bytes are', () => {
  it.each([
    ['manifest.mpd', Buffer.from('<MPD/>'), 'document'],
    ['v/media.m3u8', Buffer.from('#EXTM3U'), 'document'],
    ['v/whatever', AVC.initBytes, 'init'],
    ['v/whatever', BYTES, 'segment'],
    ['v/1.m4s', Buffer.from('<html>'), 'segment'],
    ['thumbs/1.jpg', Buffer.from('jpeg'), 'other'],
  ])('%s: %#', (path, bytes, kind) => {
    expect(kindOf(path, bytes)).toBe(kind);
  });
});

describe('a verdict', () => {
  it('inspects media with the init of its own track', () => {
    const inspector = inspectorWith([
      ['s/init.mp4', AAC],
      ['v/init.mp4', AVC],
    ]);
    const verdict = inspect(inspector, `${BELOW}v/${N}.m4s`, BYTES);
    expect(verdict).toMatchObject({ kind: 'segment', track: 'v/*.m4s', number: `${N}`, defects: [] });
    expect(verdict.inspection).toMatchObject({ timescale: AVC.init.timescale, sampleCount: 50 });
  });

  it('without an init looks at the boxes only', () => {
    expect(inspect(inspectorWith([]), `${BELOW}v/1.m4s`, BYTES)).toMatchObject({ defects: [], reported: [] });
    const cut = inspect(inspectorWith([]), `${BELOW}v/1.m4s`, BYTES.subarray(0, 4000));
    expect([names(cut.defects), names(cut.reported)]).toEqual([['truncated'], ['truncated']]);
  });

  it("does not take another folder's init", () => {
    const verdict = inspect(inspectorWith([['s/init.mp4', AAC]]), `${BELOW}v/1.m4s`, BYTES);
    expect(verdict.inspection).toBeUndefined();
  });

  it('reports nothing to the origin that rests on a guess: an init that may be another track’s', () => {
    const cut = withoutSync(BYTES);
    const certain = inspect(inspectorWith([['v/init.mp4', AVC]]), `${BELOW}v/1.m4s`, cut);
    expect([names(certain.defects), names(certain.reported)]).toEqual([['no-sync'], ['no-sync']]);
    // In one folder, with names that have nothing in common.
    const guessed = inspect(inspectorWith([['header.mp4', AVC]]), `${BELOW}1.m4s`, cut);
    expect([names(guessed.defects), names(guessed.reported)]).toEqual([['no-sync'], []]);
  });

  it('reports nothing fatal but what the boxes alone show: the origin refuses such bytes', () => {
    const other = asTrack(BYTES, 7);
    const verdict = inspect(inspectorWith([['v/init.mp4', AVC]]), `${BELOW}v/1.m4s`, other);
    expect([names(verdict.defects), names(verdict.reported)]).toEqual([['wrong-track'], []]);
  });

  it('holds media time against the schedule where the configuration is known', () => {
    const inspector = inspectorWith([['v/init.mp4', AVC]], CONFIGURATION);
    const right = inspect(inspector, `${BELOW}v/${N}.m4s`, BYTES);
    expect(right).toMatchObject({ track: 'v', number: `${N}`, defects: [], mediaEndMs: (N + 1) * 2000 });
    const wrong = inspect(inspector, `${BELOW}v/${N + 1}.m4s`, BYTES);
    expect([names(wrong.defects), names(wrong.reported)]).toEqual([['discontinuity'], ['discontinuity']]);
  });

  it('finds the number of a name by time', () => {
    const inspector = inspectorWith([['v/init.mp4', AVC]], CONFIGURATION);
    const ticks = inspect(inspector, `${BELOW}v/${N}.m4s`, BYTES).inspection?.baseMediaDecodeTime ?? 0n;
    expect(inspect(inspector, `${BELOW}v/t${ticks}.m4s`, BYTES)).toMatchObject({
      track: 'v',
      number: `${N}`,
      defects: [],
    });
  });

  it('says what is wrong with an init', () => {
    const cut = AVC.initBytes.subarray(0, AVC.initBytes.length - 10);
    expect(inspect(inspectorWith([]), `${BELOW}v/init.mp4`, cut)).toMatchObject({
      kind: 'init',
      reported: [],
    });
    expect(names(inspect(inspectorWith([]), `${BELOW}v/init.mp4`, cut).defects)).toEqual(['truncated']);
  });
});

describe('the answer of a control plane', () => {
  it.each([
    ['nothing', undefined],
    ['an error', { title: 'Unknown event' }],
    ['another version of the configuration', { version: 1, configuration: { ...CONFIGURATION, new: true } }],
  ])('that is %s makes no event: bytes alone are inspected', (_, answer) => {
    expect(readEvent(KEY, answer)).toBeUndefined();
  });
});
