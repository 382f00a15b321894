/**
 * Throws damaged bytes at inspection, as a PUT would: `npm run test:fuzz -- [--seed N] [--case N]`, FUZZ_SECONDS (30).
 * Every case is made of the seed and its own number, so that the line which reports a failure repeats it.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { loadDemoAsset } from '../demo/asset';
import { isValid } from '../origin/media/defect';
import { inspectSegment } from '../origin/media/inspect-segment';
import type { SegmentExpectation } from '../origin/media/timing';
import type { Track } from '../origin/media/track';
import { deploy, EDGE, put } from '../test/support/deployment';
import { expectationFor, fixture, FIXTURE_NAMES } from '../test/support/media';
import { inspectedInit } from '../test/support/inspected';
import { faultOf } from './fuzz/checks';
import { MUTATIONS } from './fuzz/mutations';
import { Random } from './fuzz/random';
import { Watchdog } from './fuzz/watchdog';

interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly track: Track;
  readonly expectation: SegmentExpectation;
}

/** Real segments and inits of every codec we have, and the demo's. */
function samples(): Sample[] {
  const fixtures = FIXTURE_NAMES.map((name) => fixture(name)).flatMap((of) =>
    [{ number: 0, bytes: of.initBytes }, ...of.segments].map(({ number, bytes }) => ({
      ...{ name: `${of.name}/${number}`, bytes, track: of.init, expectation: expectationFor(of, number) },
    })),
  );
  const asset = loadDemoAsset();
  const demo = ['v360', 'v720', 'a128'].map((representation) => ({
    name: `demo/${representation}`,
    bytes: asset.segment(representation, EDGE),
    track: inspectedInit(asset.init(representation)),
    expectation: {
      ...{ number: EDGE, startNumber: 0, duration: 2000, timescale: 1000, presentationTimeOffset: 0n },
      contentType: representation === 'a128' ? ('audio' as const) : ('video' as const),
    },
  }));
  return [...fixtures, ...demo];
}

interface Damaged extends Sample {
  readonly how: string;
}

function damaged(seed: number, number: number, all: readonly Sample[]): Damaged {
  const random = new Random(seed + Math.imul(number, 0x9e37_79b1));
  const sample = random.pick(all);
  // A third of the damage leaves every box whole, or hardly anything would get past the guard.
  const names = random.below(3) === 0 ? ['set fields of a leaf'] : Object.keys(MUTATIONS);
  const others = all.map(({ bytes }) => bytes);
  let { bytes } = sample;
  const applied: string[] = [];
  for (let steps = random.pick([1, 1, 1, 2, 3]); steps > 0; steps--) {
    const name = random.pick(names);
    bytes = MUTATIONS[name]?.(bytes, random, others) ?? bytes;
    applied.push(name);
  }
  // Without an init the configuration knows a timescale, and nothing else.
  const bare = { timescale: sample.track.timescale, contentType: sample.track.contentType };
  return {
    ...{ ...sample, bytes, how: `${sample.name}, ${applied.join(', ')}, ${bytes.length} bytes` },
    track: random.below(4) === 0 ? bare : sample.track,
  };
}

/** PUTs the bytes too: whatever they are, the handler answers, and never says that it failed. */
async function answerFault(bytes: Uint8Array): Promise<string | undefined> {
  const { origin } = await deploy({
    representations: [{ id: 'v360', contentType: 'video', timescale: 12_800 }],
  });
  for (const path of ['v360/init.mp4', `v360/${EDGE}.m4s`]) {
    const { response } = await put(origin, path, bytes);
    const told = typeof response.body === 'string' || bytes.length === 0;
    if (response.status >= 500 || !told)
      return `PUT ${path}: wanted an answer below 500, got ${response.status}`;
  }
  return undefined;
}

/** What came of it all: damage that is always refused at the first byte would test nothing else. */
class Tally {
  readonly #counts = { sound: 0, defective: 0, refused: 0 };
  readonly #slowest = { ms: 0, how: '' };

  /** Times inspection alone, without the digest of the media, which ingest makes of every body anyway. */
  inspect(bytes: Uint8Array, track: Track, how: string): void {
    const beforeMs = performance.now();
    const { inspection, defects } = inspectSegment(bytes, track);
    const ms = performance.now() - beforeMs;
    if (ms > this.#slowest.ms) Object.assign(this.#slowest, { ms, how });
    this.#counts[inspection === undefined ? 'refused' : isValid(defects) ? 'sound' : 'defective']++;
  }

  toString(): string {
    const { sound, defective, refused } = this.#counts;
    const { ms, how } = this.#slowest;
    return `${refused} refused, ${defective} defective, ${sound} sound; longest inspection ${ms.toFixed(1)} ms (${how})`;
  }
}

const PUT_EVERY = 50;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, case: { type: 'string' } } });
  const seed = Number(values.seed ?? randomInt(2 ** 31));
  const seconds = Number(process.env['FUZZ_SECONDS'] ?? 30);
  const only = values.case === undefined ? undefined : Number(values.case);
  console.log(`seed ${seed}, ${only === undefined ? `${seconds} s` : `case ${only}`}`);
  const all = samples();
  const watchdog = new Watchdog();
  const tally = new Tally();
  let [passed, failed] = [0, 0];
  const startedMs = performance.now();
  for (let number = only ?? 0; performance.now() - startedMs < seconds * 1000; number++) {
    watchdog.at(number);
    const { how, bytes, track, expectation } = damaged(seed, number, all);
    const puts = number % PUT_EVERY === 0 || only !== undefined;
    const fault = faultOf(bytes, track, expectation) ?? (puts ? await answerFault(bytes) : undefined);
    if (fault === undefined) {
      passed++;
      tally.inspect(bytes, track, how);
    } else {
      failed++;
      console.log(`--seed ${seed} --case ${number} (${how}): ${fault}`);
    }
    if (only !== undefined) break;
  }
  await watchdog.stop();
  console.log(tally.toString());
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
