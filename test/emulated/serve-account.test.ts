import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { EDGE_CREDENTIAL_HEADER } from '../../lambdas/serve/environment';
import { s3Client } from '../../stores/aws/clients';
import { bucketOf, cdk } from './deploy';
import { deployed, type DeployedRegion } from './deployed';
import { type Front, openFront } from './front';
import {
  createEvent,
  freshNumber,
  type LiveEventUnderTest,
  mediaName,
  put,
  segment,
  wholly,
} from './live-event';
import { EDGE_DIGEST, roleName, SERVE_ACCOUNT, TABLE_BRIDGES, TWO_ACCOUNTS } from './two-accounts/accounts';
import { type Admission, admissions } from './two-accounts/admissions';
import { openTableBridge } from './two-accounts/table-bridge';

/**
 * Serve of both regions in a second account, beside what publishes in the first. The emulator judges by buckets' policies
 * who of another account reads them; tables are its own account's only, so a bridge judges by theirs.
 */
const [home, away] = deployed().regions as [DeployedRegion, DeployedRegion];
const admitted = admissions();
const credential = randomBytes(32).toString('hex');
const toClose: { readonly close: () => Promise<void> }[] = [];
/** What all tables let in. */
const everyTable = Object.values(admitted).flatMap(({ tables }) => tables);
let tables: readonly Admission[] = everyTable;
let serves: Readonly<Record<string, Front>> = {};
let event: LiveEventUnderTest;

beforeAll(async () => {
  const bridges: Record<string, string> = {};
  for (const { region } of deployed().regions) {
    const roleArn = `arn:aws:iam::${SERVE_ACCOUNT}:role/${roleName(region)}`;
    const bridge = await openTableBridge(roleArn, () => tables);
    toClose.push(bridge);
    bridges[region] = bridge.url;
    await admitToBucket(region, admitted[region]?.bucket ?? []);
  }
  serves = await deployServe(bridges);
  event = await createEvent(`accounts-${Date.now().toString(36)}`);
}, 300_000);

afterAll(async () => {
  for (const { region } of deployed().regions) await admitToBucket(region, []);
  await Promise.all(toClose.map((each) => each.close()));
});

/** `cdk bootstrap` and `cdk deploy` with the credentials of the second account. */
async function deployServe(bridges: Readonly<Record<string, string>>): Promise<Record<string, Front>> {
  const directory = mkdtempSync(join(tmpdir(), 'headwater-serve-'));
  try {
    const environment = {
      ...process.env,
      AWS_ACCESS_KEY_ID: SERVE_ACCOUNT,
      [EDGE_DIGEST]: createHash('sha256').update(credential).digest('hex'),
      [TABLE_BRIDGES]: JSON.stringify(bridges),
    };
    const app = ['--app', 'node --import tsx test/emulated/two-accounts/serve-app.ts', '--output', directory];
    const places = TWO_ACCOUNTS.regions.map((region) => `aws://${SERVE_ACCOUNT}/${region}`);
    await cdk(['bootstrap', ...app, ...places], environment);
    const outputs = join(directory, 'outputs.json');
    await cdk(
      ['deploy', '--all', '--require-approval', 'never', '--outputs-file', outputs, ...app],
      environment,
    );
    return await frontsOf(JSON.parse(readFileSync(outputs, 'utf8')) as Record<string, { ServeUrl: string }>);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function frontsOf(outputs: Readonly<Record<string, { ServeUrl: string }>>) {
  const { port } = new URL(process.env['AWS_ENDPOINT_URL'] ?? '');
  const fronts: Record<string, Front> = {};
  for (const region of TWO_ACCOUNTS.regions) {
    const { hostname } = new URL(outputs[`${TWO_ACCOUNTS.name}-serve-${region}`]?.ServeUrl ?? '');
    const front = await openFront({
      host: `${hostname.split('.')[0] ?? ''}.execute-api.localhost:${port}`,
      port: Number(port),
      headers: {
        [EDGE_CREDENTIAL_HEADER]: credential,
        // The emulator looks for an API in one account: that of the key, which it takes from here.
        authorization: `AWS4-HMAC-SHA256 Credential=${SERVE_ACCOUNT}/20260101/${region}/execute-api/aws4_request, SignedHeaders=host, Signature=none`,
      },
    });
    toClose.push(front);
    fronts[region] = front;
  }
  return fronts;
}

/**
 * Statements of the bucket's policy but the one that wants TLS, which the emulator does not speak. It takes every caller of
 * another account for that account's root, so the condition that names roles is left to the templates' tests.
 */
async function admitToBucket(region: string, statements: readonly Admission[]): Promise<void> {
  const Bucket = bucketOf(region);
  const Statement = statements.map(({ Action, Resource, Principal }) => ({
    ...{ Effect: 'Allow', Action, Resource, Principal },
  }));
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  const client = s3Client(region);
  await (Statement.length === 0
    ? client.send(new DeleteBucketPolicyCommand({ Bucket }))
    : client.send(new PutBucketPolicyCommand({ Bucket, Policy })));
  client.destroy();
}

const get = (region: string, { path }: LiveEventUnderTest, name: string) =>
  wholly(fetch(`${serves[region]?.url ?? ''}${path}/${name}`));
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe('serve in a second account', () => {
  it.each([
    ['home', home],
    ['away', away],
  ])('%s answers what was published in the first, byte for byte', async (_, region) => {
    const number = freshNumber();
    expect((await put(region, event, 'a', mediaName(number), segment(number))).status).toBe(201);
    const answer = await get(region.region, event, mediaName(number));
    expect([answer.status, answer.headers.get('headwater-candidate')]).toEqual([
      200,
      expect.stringContaining('pipeline="a"'),
    ]);
    expect((await bytesOf(answer)).equals(segment(number))).toBe(true);
  });

  it('asks the tables and buckets of the other region as well', async () => {
    const number = freshNumber();
    await put(away, event, 'b', mediaName(number), segment(number));
    const answer = await get(home.region, event, mediaName(number));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('headwater-candidate')).toContain(`replica="${away.region}"`);
    expect((await bytesOf(answer)).equals(segment(number))).toBe(true);
  });
});

describe('each thing that the first account lets in', () => {
  afterEach(async () => {
    tables = everyTable;
    for (const { region } of deployed().regions) await admitToBucket(region, admitted[region]?.bucket ?? []);
  });

  const asked = async (of: LiveEventUnderTest) => {
    const number = freshNumber();
    await put(home, of, 'a', mediaName(number), segment(number));
    return (await get(home.region, of, mediaName(number))).status;
  };

  it('is candidates: without them it is 500, for the CDN to turn to another region', async () => {
    tables = everyTable.filter(({ Resource }) => !Resource.includes('candidates'));
    expect(await asked(event)).toBe(500);
  });

  it('is events: without them no event is known', async () => {
    tables = everyTable.filter(({ Resource }) => !Resource.includes('events'));
    expect(await asked(await createEvent(`unheard-${Date.now().toString(36)}`))).not.toBe(200);
  });

  it('is bytes', async () => {
    const { bucket = [] } = admitted[home.region] ?? {};
    await admitToBucket(
      home.region,
      bucket.filter(({ Action }) => Action !== 's3:GetObject'),
    );
    expect(await asked(event)).toBe(500);
  });
});
