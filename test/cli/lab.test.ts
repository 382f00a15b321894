import type { Headwater } from '../../embedded';
import { headwater as says } from '../support/command-line';
import { embeddedRun } from '../support/embedded-run';

/** Against an embedded run with its demo. Tests go on from each other. */
describe('headwater lab', () => {
  let headwater: Headwater;
  beforeAll(async () => {
    headwater = await embeddedRun(['one'], { demo: true });
    process.env['HEADWATER_CONTROL_TOKEN'] = headwater.controlToken;
  });
  afterAll(() => {
    delete process.env['HEADWATER_CONTROL_TOKEN'];
  });

  const lab = (...argv: string[]) => says('lab', ...argv, '--control', headwater.edgeUrl);
  const active = () => headwater.lab?.active.map(({ fault, subject }) => `${fault} ${subject}`);

  it('lists what can be broken', async () => {
    const { code, out } = await lab('list');
    expect(code).toBe(0);
    expect(out).toMatch(/^stop +pipeline +a b +sends nothing any more$/m);
    expect(out).toMatch(/^stop-region +region +one +is gone/m);
    expect(out).toMatch(/^Nothing is broken\.$/m);
  });

  it('breaks for a time, lists it, and mends it', async () => {
    const broken = await lab('break', 'drop', 'b', '--representation', 'v720', '--seconds', '60');
    expect(broken).toMatchObject({ code: 0, err: '' });
    expect(headwater.lab?.active).toMatchObject([{ fault: 'drop', subject: 'b', representation: 'v720' }]);
    const [made] = headwater.lab?.active ?? [];
    if (made === undefined) throw new Error('lab: wanted a fault in force, got none');
    const { fromMs, untilMs, id } = made;
    expect(untilMs - fromMs).toBe(60_000);
    expect((await lab('list')).out).toMatch(new RegExp(`^drop +b +v720 +\\S+Z +${id}$`, 'm'));
    expect(broken.out).toContain(`headwater lab mend ${id}`);
    expect(await lab('mend', id)).toMatchObject({ code: 0, out: `Mended ${id}.\n` });
    expect(active()).toEqual([]);
  });

  it('mends all, and has JSON for programs', async () => {
    await lab('break', 'stop', 'a');
    await lab('break', 'lag-events', 'one');
    const { active: told } = JSON.parse((await lab('list', '--json')).out) as { active: unknown[] };
    expect(told).toMatchObject([{ fault: 'stop' }, { fault: 'lag-events' }]);
    expect(await lab('mend')).toMatchObject({ code: 0, out: 'All mended.\n' });
    expect(active()).toEqual([]);
  });

  it.each([
    [['break', 'flood', 'a'], 1, 'fault: wanted stop, drop'],
    [['break', 'stop', 'one'], 1, 'subject: wanted a, b, got one'],
    [['break', 'stop', 'a', '--seconds', '601'], 1, 'durationSeconds: wanted'],
    [['break', 'stop', '../a'], 2, 'Wanted the name of a pipeline or a region'],
    [['mend', 'stop-999'], 1, 'Unknown resource (404)'],
  ])('%j says what is wrong with it', async (argv, code, wanted) => {
    const result = await lab(...argv);
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(wanted)]);
  });
});
