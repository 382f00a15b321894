import { control, deploy, EDGE, eventOf, jsonOf, KEY } from '../support/deployment';
import { contribution } from '../support/contribution';

const VIDEO = { ...KEY, representation: 'v360' };

async function sent() {
  const deployment = await deploy({}, ['us-east-1', 'us-west-2']);
  const event = await eventOf(deployment.origin);
  for (const { local } of deployment.origins)
    for (const [pipeline, letters] of [
      ['a', `${'g'.repeat(54)}dddddd`],
      ['b', 'g'.repeat(60)],
    ] as const)
      for (const candidate of contribution(event, letters, EDGE - 59, { ...VIDEO, pipeline }))
        await local.candidates.record({ ...candidate, region: local.region });
  return deployment;
}

describe('GET .../health', () => {
  it('tells each pipeline in each representation, and a pipeline by the worst of them', async () => {
    const { origin } = await sent();
    const answer = await control(origin, 'GET', 'health');
    expect(answer.status).toBe(200);
    expect(jsonOf(answer)).toMatchObject({
      window: { from: EDGE - 59, to: EDGE },
      pipelines: [
        { pipeline: 'a', state: 'degraded' },
        { pipeline: 'b', state: 'ok' },
      ],
      unheard: [],
      representations: [
        { representation: 'v720', pipelines: [{ state: 'idle' }, { state: 'idle' }] },
        {
          representation: 'v360',
          pipelines: [
            {
              ...{
                pipeline: 'a',
                state: 'degraded',
                received: 60,
                defective: 6,
                missing: 0,
                late: 0,
                split: 0,
              },
              ...{ receivedIn: { 'us-east-1': 60, 'us-west-2': 60 }, newest: EDGE },
            },
            { pipeline: 'b', state: 'ok', received: 60, defective: 0 },
          ],
        },
        { representation: 'a128' },
      ],
    });
  });

  it('names the regions that did not answer, and tells what the others have', async () => {
    const { origin } = await sent();
    const [peer] = origin.peers;
    const gone = { ...peer!.candidates, ofRange: () => Promise.reject(new Error('region gone')) };
    const answer = await control({ ...origin, peers: [{ ...peer!, candidates: gone }] }, 'GET', 'health');
    expect(jsonOf(answer)).toMatchObject({
      unheard: ['us-west-2'],
      pipelines: [{ state: 'degraded' }, { state: 'ok' }],
    });
  });

  it('costs one query a representation and region', async () => {
    const { origin, counts, forget } = await sent();
    forget();
    await control(origin, 'GET', 'health');
    expect(counts.regions.map(({ all }) => all)).toEqual([
      { 'candidates.ofRange': 3 },
      { 'candidates.ofRange': 3 },
    ]);
  });
});
