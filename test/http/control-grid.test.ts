import { control, deploy, EDGE, eventOf, jsonOf, KEY } from '../support/deployment';
import { contribution } from '../support/contribution';

const VIDEO = { ...KEY, representation: 'v360' };
const REGIONS = ['us-east-1', 'us-west-2'];

/** What each pipeline sent of the numbers that end with the live edge, to every region. */
async function sent(letters: Readonly<Record<string, string>>) {
  const deployment = await deploy({}, REGIONS);
  const event = await eventOf(deployment.origin);
  for (const { local } of deployment.origins)
    for (const [pipeline, own] of Object.entries(letters))
      for (const candidate of contribution(event, own, EDGE - own.length + 1, { ...VIDEO, pipeline }))
        await local.candidates.record({ ...candidate, region: local.region });
  return deployment;
}

interface Grid {
  readonly liveEdge: number;
  readonly revision: number;
  readonly representations: readonly {
    readonly representation: string;
    readonly selected: string;
    readonly pipelines: readonly {
      readonly pipeline: string;
      readonly fates: string;
      readonly masks: string;
      readonly defects: Readonly<Record<number, readonly string[]>>;
      readonly bytes?: readonly (number | null)[];
      readonly delayMs?: readonly (number | null)[];
    }[];
  }[];
}

async function gridOf(
  { origin }: Pick<Awaited<ReturnType<typeof sent>>, 'origin'>,
  query: Record<string, string> = {},
) {
  const answer = await control(origin, 'GET', 'grid', {}, { query });
  expect(answer.status).toBe(200);
  const grid = jsonOf(answer) as unknown as Grid;
  const row = grid.representations.find(({ representation }) => representation === 'v360');
  if (row === undefined) throw new Error('wanted a row of v360, got none');
  return { grid, row };
}

const window = (count: number) => ({ from: String(EDGE - count + 1), to: String(EDGE + 1) });

describe('GET .../grid', () => {
  it('tells a letter a cell, and whose copy is selected', async () => {
    const { grid, row } = await gridOf(await sent({ a: 'ggd..lg', b: 'gggg.gg' }), window(7));
    expect(grid.liveEdge).toBe(EDGE);
    expect(row.selected).toBe('0011-00-');
    expect(row.pipelines).toEqual([
      {
        ...{ pipeline: 'a', fates: 'ggdmplgp', masks: '--------' },
        defects: { [EDGE - 4]: ['short'] },
      },
      { pipeline: 'b', fates: 'ggggpggp', masks: '--------', defects: {} },
    ]);
  });

  it('shows masks, the decision they make, and a revision that tells of them', async () => {
    const deployment = await sent({ a: 'gggg', b: 'gggg' });
    const before = await gridOf(deployment, window(4));
    await control(deployment.origin, 'POST', 'masks', {
      ...{ pipeline: 'a', fromSegment: EDGE - 1, toSegment: EDGE, reason: 'green frames' },
    });
    const after = await gridOf(deployment, window(4));
    expect(after.row.selected).toBe('0011-');
    expect(after.row.pipelines[0]).toMatchObject({ fates: 'ggggp', masks: '--oo-' });
    expect(after.grid.revision).toBeGreaterThan(before.grid.revision);
  });

  it('gives bytes and delay where they are asked for, null where nothing came', async () => {
    const { row } = await gridOf(await sent({ a: 'g.g' }), { ...window(3), measures: '' });
    expect(row.pipelines[0]?.bytes).toEqual([expect.any(Number), null, expect.any(Number), null]);
    // The sample is acknowledged when it is due, which is `delayMs` after its media has ended.
    expect(row.pipelines[0]?.delayMs?.[2]).toBe(500);
  });

  it('costs one query a representation and region', async () => {
    const { origin, counts, forget } = await sent({ a: 'gggg' });
    forget();
    await gridOf({ origin }, window(4));
    expect(counts.regions.map(({ all }) => all)).toEqual(REGIONS.map(() => ({ 'candidates.ofRange': 3 })));
  });

  it.each([
    ['too many numbers', { from: '0', to: '128' }],
    ['an end before the beginning', { from: '10', to: '9' }],
    ['no number', { from: 'x', to: '9' }],
  ])('refuses %s by name', async (_, query) => {
    const { origin } = await deploy();
    const answer = await control(origin, 'GET', 'grid', {}, { query });
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ faults: [{ parameter: 'from, to' }] });
  });
});
