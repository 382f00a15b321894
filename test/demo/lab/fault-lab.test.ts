import { FAULTS } from '../../../demo/lab/catalog';
import { FaultLab, type LabRegion } from '../../../demo/lab/fault-lab';
import { loadDemoAsset } from '../../../demo/asset';
import { FakeClock } from '../../support/fake-clock';
import { inspectedInit, soundSegment } from '../../support/inspected';

const NOW_MS = 1_800_000_000_000;
const NUMBER = 900_000_001;
const asset = loadDemoAsset();

function labOf() {
  const clock = new FakeClock(NOW_MS);
  const calls: string[] = [];
  const region = (name: string): LabRegion => ({
    name,
    breakIt: (fault) => Promise.resolve(void calls.push(`break ${fault} ${name}`)),
    mendIt: (fault) => Promise.resolve(void calls.push(`mend ${fault} ${name}`)),
  });
  const lab = new FaultLab({ clock, pipelines: ['a', 'b'], regions: [region('one'), region('two')] });
  return { lab, clock, calls };
}

describe('the fault lab', () => {
  it('breaks a region and mends it when its time is over', async () => {
    const { lab, clock, calls } = labOf();
    await lab.break({ fault: 'slow-stores', subject: 'one', durationSeconds: 30 });
    expect(lab.active).toEqual([
      { id: 'slow-stores-1', fault: 'slow-stores', subject: 'one', fromMs: NOW_MS, untilMs: NOW_MS + 30_000 },
    ]);
    await clock.advanceTo(NOW_MS + 30_000);
    expect([lab.active, calls]).toEqual([[], ['break slow-stores one', 'mend slow-stores one']]);
  });

  it('mends earlier when asked, and once', async () => {
    const { lab, clock, calls } = labOf();
    await lab.break({ fault: 'fill-disk', subject: 'two' });
    expect(await lab.mend('fill-disk-1')).toBe(true);
    expect(await lab.mend('fill-disk-1')).toBe(false);
    await clock.advanceTo(NOW_MS + 600_000);
    expect(calls).toEqual(['break fill-disk two', 'mend fill-disk two']);
  });

  it.each([
    ['no fault', { subject: 'one' }, 'fault'],
    ['one that it does not know', { fault: 'flood', subject: 'one' }, 'fault'],
    ['a pipeline that is none', { fault: 'stop', subject: 'c' }, 'subject'],
    ["a region's fault for a pipeline", { fault: 'stop-region', subject: 'a' }, 'subject'],
    ['an eternity', { fault: 'stop', subject: 'a', durationSeconds: 601 }, 'durationSeconds'],
    ['another member', { fault: 'stop', subject: 'a', forever: true }, 'forever'],
  ])('refuses %s by its parameter', async (_, input, parameter) => {
    const { lab } = labOf();
    expect(await lab.break(input)).toEqual({
      kind: 'invalid',
      faults: [expect.objectContaining({ parameter })],
    });
  });

  it('breaks nothing twice in one way', async () => {
    const { lab } = labOf();
    await lab.break({ fault: 'stop', subject: 'a' });
    expect(await lab.break({ fault: 'stop', subject: 'a' })).toMatchObject({ kind: 'twice' });
    expect(await lab.break({ fault: 'stop', subject: 'b' })).toMatchObject({ kind: 'broken' });
  });
});

describe('a pipeline of the lab', () => {
  const send = async (fault: string, representation: string, number = NUMBER) => {
    const { lab } = labOf();
    await lab.break({ fault, subject: 'a', representation: 'v360' });
    const faults = lab.feedFaults('a', asset);
    const made = asset.segment(representation, number);
    const target = new URL('http://127.0.0.1');
    return {
      withheld: faults.withhold?.(number, representation, target) === true,
      bytes: faults.transform?.(made, number, representation, target) ?? made,
      delayMs: faults.delayMs?.(number, target) ?? 0,
    };
  };

  it.each(FAULTS.filter(({ scope }) => scope === 'pipeline').map(({ name }) => [name]))(
    '%s: changes what it sends of the representation, and nothing of the others',
    async (name) => {
      const made = asset.segment('v360', NUMBER);
      const { withheld, bytes, delayMs } = await send(name, 'v360', name === 'drop' ? NUMBER - 1 : NUMBER);
      expect(withheld || delayMs > 0 || !Buffer.from(bytes).equals(made)).toBe(true);
      if (name === 'delay') return;
      const other = await send(name, 'a128');
      expect([other.withheld, Buffer.from(other.bytes).equals(asset.segment('a128', NUMBER))]).toEqual([
        false,
        true,
      ]);
    },
  );

  it('repeat: sends the pictures of the one before, at the time of this one', async () => {
    const init = inspectedInit(asset.init('v360'));
    const { bytes } = await send('repeat', 'v360');
    const made = asset.segment('v360', NUMBER);
    const before = asset.segment('v360', NUMBER - 1);
    expect(soundSegment(bytes, init).baseMediaDecodeTime).toBe(soundSegment(made, init).baseMediaDecodeTime);
    const media = (segment: Uint8Array) => segment.subarray(-1000);
    expect(Buffer.from(media(bytes)).equals(media(before))).toBe(true);
  });

  it('sends as ever before and after', async () => {
    const { lab, clock } = labOf();
    const faults = lab.feedFaults('a', asset);
    const target = new URL('http://127.0.0.1');
    expect(faults.withhold?.(NUMBER, 'v360', target)).toBe(false);
    await lab.break({ fault: 'stop', subject: 'a', durationSeconds: 1 });
    expect(faults.withhold?.(NUMBER, 'v360', target)).toBe(true);
    await clock.advanceTo(NOW_MS + 1000);
    expect(faults.withhold?.(NUMBER, 'v360', target)).toBe(false);
  });
});
