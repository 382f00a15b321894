import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import deployment from '../../headwater.config';
import { dynamoDbClient } from '../../stores/aws/clients';
import { until } from '../acceptance/deployment';
import { deployed, type DeployedRegion } from './deployed';
import {
  createEvent,
  freshNumber,
  get,
  type LiveEventUnderTest,
  mediaName,
  put,
  segment,
} from './live-event';
import { policyOf, putPolicy } from './privilege/role-policy';

// The last file: it breaks a region for good.

const [home, away] = deployed().regions as [DeployedRegion, DeployedRegion];
const TABLE = `${deployment.name}-candidates`;
let event: LiveEventUnderTest;

beforeAll(async () => {
  event = await createEvent(`loss-${Date.now().toString(36)}`);
});

describe('a region that another cannot reach', () => {
  // What the other region's functions may not read, they cannot hear: to them this region is cut off.
  const cutOff = async (region: DeployedRegion, from: DeployedRegion) => {
    const policy = await policyOf(from.region, 'OriginFunctionsServe');
    const lost = `:${region.region}:`;
    await putPolicy(
      policy,
      policy.statements.map((statement) => ({
        ...statement,
        Resource: [statement.Resource]
          .flat()
          .filter((resource) => !(resource.includes(lost) && resource.endsWith(TABLE))),
      })),
    );
    return () => putPolicy(policy, policy.statements);
  };

  it('does not stop selection: what is here is served, what is unheard is said, and it heals', async () => {
    const [here, there] = [freshNumber(), freshNumber()];
    await put(home, event, 'a', mediaName(here), segment(here));
    await put(away, event, 'b', mediaName(there), segment(there));
    const restore = await cutOff(away, home);
    expect((await get(home, event, mediaName(here))).status).toBe(200);
    // Nobody may keep that it is not there.
    const unheard = await get(home, event, mediaName(there));
    expect([unheard.status, unheard.headers.get('cache-control')]).toEqual([410, 'no-store']);
    await restore();
    await until(async () => {
      const healed = freshNumber();
      await put(away, event, 'b', mediaName(healed), segment(healed));
      return (await get(home, event, mediaName(healed))).status === 200;
    });
  });
});

describe('a region that lost its candidates', () => {
  it('says 500, and the other one serves on', async () => {
    const number = freshNumber();
    for (const region of [home, away]) await put(region, event, 'a', mediaName(number), segment(number));
    const client = dynamoDbClient(home.region);
    await client.send(new DeleteTableCommand({ TableName: TABLE }));
    client.destroy();
    const statuses = [];
    for (const region of [home, away]) statuses.push((await get(region, event, mediaName(number))).status);
    // 500 is what makes CloudFront's origin group ask the other region.
    expect(statuses).toEqual([500, 200]);
    expect((await put(home, event, 'a', mediaName(number + 1), segment(number + 1))).status).toBe(503);
    expect((await put(away, event, 'a', mediaName(number + 1), segment(number + 1))).status).toBe(201);
  });
});
