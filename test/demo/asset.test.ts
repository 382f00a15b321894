import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadDemoAsset } from '../../demo/asset';
import { frameDuration, timingDefects } from '../../origin/media/timing';
import { inspectedInit, soundSegment } from '../support/inspected';

const asset = loadDemoAsset();
const LOOP = 8;
/** 2026-01-01T00:00:00Z on the epoch grid, and the first number of a loop. */
const START = 883_612_800;
const tracks = asset.representations.map(
  (described) =>
    [described.configuration.id, described, inspectedInit(asset.init(described.configuration.id))] as const,
);

describe('the demo loop', () => {
  it('is a picture in two sizes and a sound', () => {
    expect(tracks.map(([id]) => id)).toEqual(['v720', 'v360', 'a128']);
  });

  it('stays below 2.5 MB, since everybody who clones the project loads it', () => {
    const files = readdirSync(join(__dirname, '../../demo/asset'), { recursive: true, withFileTypes: true });
    const sizes = files
      .filter((file) => file.isFile())
      .map((file) => statSync(join(file.parentPath, file.name)).size);
    expect(sizes).toHaveLength(3 * (LOOP + 1) + 1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_500_000);
  });

  it.each(tracks)('%s: the init says what the configuration says', (_, { configuration }, init) => {
    const { contentType, timescale, codec, width, height, sampleRate, channels } = init;
    expect(configuration).toMatchObject(
      contentType === 'video'
        ? { contentType, timescale, codecs: codec, width, height }
        : { contentType, timescale, codecs: codec, sampleRate, channels },
    );
  });

  it.each(tracks)(
    '%s: 16 s exactly, in sound segments that are on the grid',
    (id, { loopTicks, configuration }, init) => {
      const segments = positions(0).map((index) => soundSegment(asset.segment(id, index), init));
      expect(segments.reduce((sum, { durationTicks }) => sum + durationTicks, 0n)).toBe(BigInt(loopTicks));
      expect(loopTicks).toBe(16 * configuration.timescale);
      segments.forEach((inspection, number) =>
        expect(timingDefects(inspection, expectationOf(number, configuration))).toEqual([]),
      );
    },
  );

  it.each(tracks)('%s: asset.json holds the times that the boxes hold', (id, { segments }, init) => {
    const read = positions(0).map((index) => soundSegment(asset.segment(id, index), init));
    expect(
      read.map(({ baseMediaDecodeTime, durationTicks, sampleCount }) => ({
        startTicks: Number(baseMediaDecodeTime),
        durationTicks: Number(durationTicks),
        sampleCount,
      })),
    ).toEqual(segments);
  });

  it('has 50 frames in a segment of video, and 94, 94, 94, 93 in one of audio', () => {
    const counts = asset.representations.map(({ segments }) =>
      segments.map(({ sampleCount }) => sampleCount),
    );
    const audio = [94, 94, 94, 93];
    expect(counts).toEqual([Array(LOOP).fill(50), Array(LOOP).fill(50), [...audio, ...audio]]);
  });

  it.each(tracks)('%s: begins every segment with a sync sample, in one fragment', (id, _, init) => {
    for (const index of positions(0))
      expect(soundSegment(asset.segment(id, index), init)).toMatchObject({
        startsWithSync: true,
        fragmentCount: 1,
      });
  });

  it.each(tracks.filter(([, { configuration }]) => configuration.contentType === 'video'))(
    '%s: no picture of the loop repeats, so no segment looks like a repetition',
    (id, _, init) => {
      const digests = positions(0).map((index) => soundSegment(asset.segment(id, index), init).mediaDigest);
      expect(new Set(digests).size).toBe(LOOP);
    },
  );

  it.each(tracks)(
    '%s: the bandwidth is the peak of a segment, in whole kbit/s',
    (id, { configuration, segments }) => {
      const kilobits = segments.map(
        ({ durationTicks }, index) =>
          (asset.segment(id, index).length * 8 * configuration.timescale) / durationTicks / 1000,
      );
      expect(configuration.bandwidth).toBe(Math.ceil(Math.max(...kilobits)) * 1000);
    },
  );
});

describe('the endless feed', () => {
  it.each(tracks)(
    '%s: each segment begins where the one before it ended, across loop points',
    (id, _, init) => {
      let endTicks: bigint | undefined;
      for (let index = START - LOOP; index <= START + LOOP; index++) {
        const { baseMediaDecodeTime, durationTicks, sequenceNumber } = soundSegment(
          asset.segment(id, index),
          init,
        );
        expect(sequenceNumber).toBe(index);
        expect(baseMediaDecodeTime).toBe(endTicks ?? baseMediaDecodeTime);
        endTicks = baseMediaDecodeTime + durationTicks;
      }
    },
  );

  it.each(tracks)('%s: is on the grid of 2 s since 1970 today', (id, { configuration }, init) => {
    for (const number of positions(START)) {
      const inspection = soundSegment(asset.segment(id, number), init);
      expect(timingDefects(inspection, expectationOf(number, configuration))).toEqual([]);
    }
  });

  it.each(tracks)('%s: two pipelines make the same bytes', (id) => {
    const other = loadDemoAsset();
    for (const index of positions(START)) expect(other.segment(id, index)).toEqual(asset.segment(id, index));
  });

  it('names the representations that it has', () => {
    expect(() => asset.init('v1080')).toThrow('representation: wanted one of v720, v360, a128, got v1080');
  });

  it.each([-1, 0.5, NaN])('refuses the index %p', (index) => {
    expect(() => asset.segment('v720', index)).toThrow(RangeError);
  });
});

function positions(from: number): readonly number[] {
  return Array.from({ length: LOOP }, (_, position) => from + position);
}

function expectationOf(
  number: number,
  { contentType, timescale, frameRate }: (typeof tracks)[0][1]['configuration'],
) {
  return {
    number,
    startNumber: 0,
    duration: 2000,
    timescale: 1000,
    presentationTimeOffset: 0n,
    contentType: contentType === 'video' ? 'video' : 'audio',
    ...(frameRate === undefined ? {} : { frameDurationTicks: frameDuration(frameRate, timescale) }),
  } as const;
}
