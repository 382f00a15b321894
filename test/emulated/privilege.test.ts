import { awsCall } from './aws-calls';
import { deployed } from './deployed';
import { digestProbes, streamProcessorProbes, sweepProbes } from './privilege/event-probes';
import {
  AUTHORIZER_PROBES,
  CONTROL_PROBES,
  INGEST_PROBES,
  type Probe,
  SERVE_PROBES,
} from './privilege/http-probes';
import {
  functionNames,
  grantsOf,
  nameOf,
  policyOf,
  putPolicy,
  type RolePolicy,
  without,
} from './privilege/role-policy';
import { UNENFORCED } from './privilege/unenforced';

/** Parts of the names of all functions of the home region, and what they must be able to do. */
const PROBES: Readonly<Record<string, (policy: RolePolicy) => readonly Probe[]>> = {
  OriginSweepingSweep: ({ functionName }) => sweepProbes(functionName),
  OriginFunctionsStreamProcessor: ({ functionName }) => streamProcessorProbes(functionName),
  OriginFunctionsAuthorizer: () => AUTHORIZER_PROBES,
  OriginFunctionsIngest: () => INGEST_PROBES,
  OriginFunctionsServe: () => SERVE_PROBES,
  OriginControlFunction: () => CONTROL_PROBES,
  OriginEdgeCredential: (policy) => digestProbes(policy.functionName, secretOf(policy)),
  OriginOperatorToken: (policy) => digestProbes(policy.functionName, secretOf(policy)),
};

const [home] = deployed().regions as [ReturnType<typeof deployed>['regions'][number]];

// The emulator's own sweep would do what a probe waits for.
beforeAll(() => setSweeping('DisableRule'));
afterAll(() => setSweeping('EnableRule'));

it('every function of the region is probed', async () => {
  const names = await functionNames(home.region);
  expect(names.filter((name) => !Object.keys(PROBES).some((part) => name.includes(part)))).toEqual([]);
});

describe.each(Object.entries(PROBES))('%s', (part, probesOf) => {
  let policy: RolePolicy;
  beforeAll(async () => {
    policy = await policyOf(home.region, part);
  });
  afterEach(() => putPolicy(policy, policy.statements));

  it('does all it is for with what its role allows', async () => {
    expect(await broken(probesOf(policy))).toBe(false);
  });

  it('needs every single action on every resource that it has', async () => {
    const superfluous: string[] = [];
    for (const grant of grantsOf(policy.statements)) {
      if (grant.action in UNENFORCED) continue;
      await putPolicy(policy, without(policy.statements, [grant]));
      if (!(await broken(probesOf(policy)))) superfluous.push(nameOf(grant));
    }
    expect(superfluous).toEqual([]);
  }, 120_000);

  it('is not missed by the emulator: what templates assert instead', async () => {
    const unenforced = grantsOf(policy.statements).filter(({ action }) => action in UNENFORCED);
    await putPolicy(policy, without(policy.statements, unenforced));
    expect(await broken(probesOf(policy))).toBe(false);
  });
});

/** A busy machine is slower than the origin waits for another region. */
const TRIES = 2;

/** Whether one of them fails, time and again; those after it are not tried. */
async function broken(probes: readonly Probe[]): Promise<boolean> {
  for (const probe of probes) if (!(await works(probe))) return true;
  return false;
}

async function works(probe: Probe): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) if (await probe().catch(() => false)) return true;
  return false;
}

function secretOf({ statements }: RolePolicy): string {
  const grant = grantsOf(statements).find(({ action }) => action === 'secretsmanager:GetSecretValue');
  return grant?.resource ?? '';
}

async function setSweeping(action: 'DisableRule' | 'EnableRule'): Promise<void> {
  const call = (target: string, body: object) =>
    awsCall({
      ...{ service: 'events', region: home.region, method: 'POST', path: '/' },
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSEvents.${target}` },
      body: JSON.stringify(body),
    });
  const { Rules } = JSON.parse((await call('ListRules', {})).text) as { Rules: { Name: string }[] };
  expect(Rules.length).toBeGreaterThan(0);
  for (const { Name } of Rules) expect((await call(action, { Name })).status).toBe(200);
}
