import { readTrun } from '@svta/cml-iso-bmff';
import fc from 'fast-check';
import type { Box } from '../../../origin/media/box';
import { childrenOf, readViewOf } from '../../../origin/media/box';
import { guardBoxes } from '../../../origin/media/box-guard';
import { addRun, noRuns, type SampleDefaults } from '../../../origin/media/track-run';
import { fullBox, u32 } from '../../support/boxes';
import { fixture, FIXTURE_NAMES } from '../../support/media';

const DEFAULTS: SampleDefaults = { duration: 512, size: 7, flags: 0x1_0000 };

function boxesOf(bytes: Uint8Array): readonly Box[] {
  const guarded = guardBoxes(bytes);
  if (guarded.kind === 'refused') throw new Error(JSON.stringify(guarded.defect));
  return guarded.boxes;
}

function totalled(bytes: Uint8Array, runs: readonly Box[], defaults: SampleDefaults) {
  const totals = noRuns();
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [at, run] of runs.entries()) addRun(totals, file, run, defaults, at === 0);
  return {
    ...totals,
    samplesByDuration: [...totals.samplesByDuration].sort(([left], [right]) => left - right),
  };
}

/** The same sums over the samples that the Common Media Library makes. */
function byLibrary(bytes: Uint8Array, runs: readonly Box[], defaults: SampleDefaults) {
  const read = runs.map((run) => readTrun(readViewOf(bytes, run)));
  const samples = read.flatMap((run) => run.samples);
  const ticks = samples.map((sample) => sample.sampleDuration ?? defaults.duration ?? 0);
  const sizes = samples.map((sample): number | undefined => sample.sampleSize ?? defaults.size);
  const starts = ticks.map((_, at) => ticks.slice(0, at).reduce((sum, one) => sum + one, 0));
  const presented = samples.map(
    (sample, at) => (starts[at] ?? 0) + (sample.sampleCompositionTimeOffset ?? 0),
  );
  const first = read.find((run) => run.sampleCount > 0);
  return {
    sampleCount: samples.length,
    durationTicks: ticks.reduce((sum, one) => sum + one, 0),
    sampleBytes: sizes.includes(undefined)
      ? undefined
      : sizes.reduce<number>((sum, one) => sum + (one ?? 0), 0),
    earliestTicks: Math.min(...presented),
    samplesByDuration: [...new Set(ticks)]
      .sort((left, right) => left - right)
      .map((one) => [one, ticks.filter((other) => other === one).length]),
    dataOffset: read[0]?.dataOffset,
    firstFlags: first && (first.firstSampleFlags ?? first.samples[0]?.sampleFlags ?? defaults.flags),
  };
}

describe('the sums over a track run are those of the library’s samples', () => {
  it.each(FIXTURE_NAMES)('in every fragment of %s', (name) => {
    for (const { bytes } of fixture(name).segments) {
      const trafs = boxesOf(bytes).flatMap((box) => childrenOf(box, 'traf'));
      expect(trafs.length).toBeGreaterThan(0);
      for (const traf of trafs) {
        const runs = childrenOf(traf, 'trun');
        expect(totalled(bytes, runs, DEFAULTS)).toEqual(byLibrary(bytes, runs, DEFAULTS));
      }
    }
  });

  it('with any fields, versions and defaults', () => {
    const value = fc.integer({ min: 0, max: 0xffff_ffff });
    const field = fc.oneof(value, fc.integer({ min: 0, max: 3 }));
    const run = fc.record({
      version: fc.integer({ min: 0, max: 1 }),
      fields: fc.subarray([0x1, 0x4, 0x100, 0x200, 0x400, 0x800]),
      samples: fc.array(fc.array(field, { minLength: 4, maxLength: 4 }), { maxLength: 5 }),
    });
    const maybe = fc.option(field, { nil: undefined });
    const defaults = fc.record({ duration: maybe, size: maybe, flags: maybe });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 3 }), defaults, (runs, given) => {
        const boxes = runs.map(({ version, fields, samples }) => {
          const flags = fields.reduce((all, one) => all | one, 0);
          const perSample = fields.filter((one) => one >= 0x100).length;
          const head = [samples.length, ...fields.filter((one) => one < 0x100).map(() => 1234)];
          return fullBox(
            'trun',
            version,
            flags,
            u32(...head, ...samples.flatMap((one) => one.slice(0, perSample))),
          );
        });
        const bytes = Uint8Array.from([
          ...fullBox('styp', 0, 0, u32(0)),
          ...boxes.flatMap((one) => [...one]),
        ]);
        const found = boxesOf(bytes).filter(({ type }) => type === 'trun');
        expect(totalled(bytes, found, given)).toEqual(byLibrary(bytes, found, given));
      }),
    );
  });
});
