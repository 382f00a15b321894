import { defect } from '../../../origin/media/defect';
import { INIT_BYTES_MAX } from '../../../origin/events/event-record';
import { appendEntry } from '../../../origin/events/append-entry';
import { putEvent, deleteEvent } from '../../../origin/events/change-event';
import { initChoiceEntry } from '../../../origin/events/accept-init';
import { initInForce } from '../../../origin/events/live-event';
import { laggingEvents } from '../../../embedded/lagging-events';
import { EventDirectory } from '../../../origin/events/event-directory';
import { bytesOfBase64 } from '../../../origin/encoding';
import { ingestInit } from '../../../origin/ingest/ingest-init';
import type { Origin } from '../../../origin/origin';
import { nodeDigester } from '../../../stores/node-digester';
import { serveInit } from '../../../origin/serve/serve-init';
import {
  asset,
  DEFAULTS,
  deploy,
  EDGE,
  eventOf,
  KEY,
  publish,
  publishInit,
  representationOf,
} from '../../support/deployment';
import { NOW_MS } from '../../support/samples';
import { settle } from '../../support/settle';

/** Another resolution: another identity. */
const OTHER = asset.init('v720');

async function representation(origin: Origin) {
  return representationOf(await eventOf(origin), 'v360');
}

async function accept(origin: Origin, pipeline: string, fromSegment: number) {
  return appendEntry(origin, KEY, (event, base) =>
    initChoiceEntry(event, 'v360', { pipeline, fromSegment }, { ...base, by: 'operator-1' }),
  );
}

/** The same track with creation times of another day (mvhd, version 0). */
function laterMade(init: Uint8Array): Uint8Array {
  const copy = init.slice();
  const at = Buffer.from(copy).indexOf('mvhd');
  new DataView(copy.buffer, copy.byteOffset).setUint32(at + 8, 12_345);
  return copy;
}

describe('the first init of a representation becomes its reference', () => {
  it('version 1, in force for every number', async () => {
    const { origin } = await deploy();
    expect(await publishInit(origin)).toMatchObject({ kind: 'init-accepted', version: 1, known: false });
    const found = await representation(origin);
    expect(initInForce(found, 0)).toMatchObject({ version: 1, fromSegment: 0, pipeline: 'a' });
    const served = serveInit(await eventOf(origin), found, undefined, NOW_MS);
    expect(bytesOfBase64(served!.bytes)).toEqual(asset.init('v360'));
  });

  it('in a region whose replica does not have it yet, the second waits for it', async () => {
    const { origins, clock } = await deploy({}, ['us-east-1', 'us-west-2']);
    const [home, away] = origins;
    const lagging = Object.assign(laggingEvents(home.eventStore, clock), { lagMs: 1500 });
    const west = { ...away!, events: new EventDirectory(lagging, clock, () => 0) };
    await west.events.get(KEY);
    const event = await eventOf(west);
    await publishInit(home);
    const bytes = asset.init('v360');
    const outcome = ingestInit(west, {
      ...{ event, representation: representationOf(event, 'v360'), pipeline: 'b', bytes },
      digest: nodeDigester.sha256Hex(bytes),
    });
    expect(await settle(clock, outcome)).toMatchObject({ kind: 'init-accepted', version: 1, known: true });
    expect(clock.nowMs() - NOW_MS).toBeLessThan(2000);
  });

  it('whichever of two regions is first: the other is held against it', async () => {
    const { origins } = await deploy({}, ['us-east-1', 'us-west-2']);
    const [east, west] = origins;
    const outcomes = await Promise.all([
      publishInit(east),
      publishInit(west!, { pipeline: 'b', bytes: OTHER }),
    ]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['foreign-init', 'init-accepted']);
    expect((await representation(east)).inits).toHaveLength(1);
  });

  it.each([
    ['the same again', asset.init('v360'), 'init-accepted', true],
    ['one made at another time', laterMade(asset.init('v360')), 'init-accepted', false],
    ['another resolution', OTHER, 'foreign-init', undefined],
  ])('then %s', async (_, bytes, kind, known) => {
    const { origin } = await deploy();
    await publishInit(origin);
    const outcome = await publishInit(origin, { pipeline: 'b', bytes });
    expect(outcome).toMatchObject({ kind, ...(known !== undefined && { known }) });
  });

  it.each([
    ['no init at all', asset.segment('v360', EDGE), 'malformed'],
    ['sound for a video', asset.init('a128'), 'wrong-track'],
    ['more than an init has', new Uint8Array(INIT_BYTES_MAX + 1), 'malformed'],
  ])('%s is unusable and becomes nothing', async (_, bytes, name) => {
    const { origin } = await deploy();
    expect(await publishInit(origin, { bytes })).toMatchObject({ kind: 'unusable', defects: [{ name }] });
    expect((await representation(origin)).inits).toEqual([]);
  });

  it('another timescale than the configured one is unusable', async () => {
    const representations = asset.representations.map(({ configuration }) => ({
      ...{ ...configuration, timescale: 90_000 },
    }));
    const { origin } = await deploy({ representations });
    expect(await publishInit(origin)).toEqual({
      kind: 'unusable',
      defects: [defect('wrong-timescale', { wanted: 90_000, got: 12_800 })],
    });
  });

  it('a pipeline that flips between two inits is recorded a bounded number of times', async () => {
    const { origin } = await deploy();
    await publishInit(origin);
    for (let flip = 0; flip < 60; flip++)
      await publishInit(origin, { pipeline: 'b', bytes: flip % 2 === 0 ? OTHER : asset.init('v360') });
    const record = await origin.eventStore.read(KEY);
    expect(typeof record === 'object' && record.entries.length).toBe(51);
  });
});

describe('an operator accepts another init from a segment on', () => {
  async function offered() {
    const { origin } = await deploy();
    await publishInit(origin);
    await publishInit(origin, { pipeline: 'b', bytes: OTHER });
    return origin;
  }

  it('a new version; the media of either pipeline is judged by the version in force', async () => {
    const origin = await offered();
    expect(await accept(origin, 'b', EDGE)).toMatchObject({ kind: 'done', value: { version: 2 } });
    const found = await representation(origin);
    expect([EDGE - 1, EDGE].map((number) => initInForce(found, number)?.version)).toEqual([1, 2]);
    const wrong: string[] = [];
    for (const number of [EDGE - 1, EDGE])
      for (const pipeline of ['a', 'b']) {
        const outcome = await publish(origin, { number, pipeline });
        const defects = outcome.kind === 'stored' ? outcome.candidate.defects : [];
        if (defects.some(({ name }) => name === 'wrong-init')) wrong.push(`${pipeline} ${number - EDGE}`);
      }
    expect(wrong).toEqual(['b -1', 'a 0']);
  });

  it.each([
    ['a pipeline that offers nothing', 'a', EDGE, 'pipeline'],
    ['a number that an earlier version holds', 'b', 0, 'fromSegment'],
  ])('not from %s', async (_, pipeline, fromSegment, parameter) => {
    const origin = await offered();
    expect(await accept(origin, pipeline, fromSegment)).toMatchObject({
      kind: 'invalid',
      faults: [{ parameter }],
    });
  });

  it('and goes back to the former one, which its pipeline never stopped sending', async () => {
    const origin = await offered();
    await accept(origin, 'b', EDGE);
    expect(await accept(origin, 'a', EDGE + 5)).toMatchObject({ kind: 'done', value: { version: 3 } });
    const { inits } = await representation(origin);
    expect(inits.map(({ pipeline }) => pipeline)).toEqual(['a', 'b', 'a']);
    expect(inits[2]?.bytes).toBe(inits[0]?.bytes);
  });

  it('not what is in force already', async () => {
    const origin = await offered();
    await publishInit(origin, { pipeline: 'b' });
    expect(await accept(origin, 'b', EDGE)).toMatchObject({ kind: 'invalid' });
  });
});

it('a re-created event begins with no init', async () => {
  const { clock, origin } = await deploy();
  await publishInit(origin);
  await deleteEvent(origin, KEY);
  await clock.advance(1);
  await putEvent(origin, KEY, DEFAULTS);
  expect((await representation(origin)).inits).toEqual([]);
  expect(await publishInit(origin, { bytes: OTHER })).toMatchObject({ kind: 'init-accepted', version: 1 });
});
