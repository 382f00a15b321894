import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { digestsOf, type SecretVersions } from '../../lambdas/credential-digest/handler';
import { answerCloudFormation } from '../../lambdas/custom-resource';
import { applyTablePolicy, ATTEMPTS_MAX, type TablePolicies } from '../../lambdas/table-policy/handler';
import { nodeDigester } from '../../stores/node-digester';

type RequestType = CloudFormationCustomResourceEvent['RequestType'];

const asked = (RequestType: RequestType, now: object, before: object = now) =>
  ({
    ...{ RequestType, RequestId: 'r', StackId: 's', LogicalResourceId: 'l', ResponseURL: 'https://answer' },
    ResourceProperties: now,
    OldResourceProperties: before,
  }) as unknown as CloudFormationCustomResourceEvent;

describe('a custom resource', () => {
  it.each([
    ['success', () => Promise.resolve({ Digests: 'd' }), { Status: 'SUCCESS', Data: { Digests: 'd' } }],
    ['failure', () => Promise.reject(new Error('denied')), { Status: 'FAILED', Reason: 'denied' }],
  ])('tells CloudFormation of %s: it would wait an hour otherwise', async (_, run, expected) => {
    const sent: [string, unknown][] = [];
    await answerCloudFormation(asked('Create', {}), run, (url, body) => {
      sent.push([url, JSON.parse(body)]);
      return Promise.resolve();
    });
    expect(sent).toEqual([
      [
        'https://answer',
        { ...expected, StackId: 's', RequestId: 'r', LogicalResourceId: 'l', PhysicalResourceId: 'l' },
      ],
    ]);
  });
});

describe('the digests of a generated credential', () => {
  function secrets(...versions: string[]): SecretVersions & { readonly versions: string[] } {
    const named = new Set<string>();
    return {
      versions,
      read: (_, stage) => Promise.resolve(versions.at(stage === 'AWSCURRENT' ? -1 : -2)),
      has: (_, version) => Promise.resolve(named.has(version)),
      replace(_, value, version) {
        versions.push(value);
        named.add(version);
        return Promise.resolve();
      },
    };
  }
  const event = (requestType: RequestType, generation: number, before = generation) =>
    asked(
      requestType,
      { SecretId: 'id', Generation: generation.toString() },
      { SecretId: 'id', Generation: before.toString() },
    );
  const digest = (value: string) => nodeDigester.sha256Hex(value);

  it('at first are one', async () => {
    expect(await digestsOf(event('Create', 1), secrets('first'), nodeDigester)).toEqual({
      Digests: digest('first'),
    });
  });

  it('after a raised generation are the new one and the one before, so that nobody is locked out meanwhile', async () => {
    const held = secrets('first');
    const { Digests } = await digestsOf(event('Update', 2, 1), held, nodeDigester);
    expect(held.versions).toHaveLength(2);
    expect(Digests).toBe(`${digest(held.versions[1]!)},${digest('first')}`);
  });

  it('stay as they are when that is rolled back, and when it is tried again: the CDN shows the one before', async () => {
    const held = secrets('first');
    await digestsOf(event('Update', 2, 1), held, nodeDigester);
    const both = held.versions.toReversed().map(digest).join(',');
    expect(await digestsOf(event('Update', 1, 2), held, nodeDigester)).toEqual({ Digests: both });
    expect(await digestsOf(event('Update', 2, 1), held, nodeDigester)).toEqual({ Digests: both });
    expect(held.versions).toHaveLength(2);
  });

  it('stay as they are when something else of the stack changes', async () => {
    const held = secrets('first', 'second');
    await digestsOf(event('Update', 2), held, nodeDigester);
    expect(held.versions).toEqual(['first', 'second']);
  });

  it('ask nothing of a secret that is being deleted', async () => {
    const gone: SecretVersions = {
      has: () => Promise.reject(new Error('asked')),
      read: () => Promise.reject(new Error('read')),
      replace: () => Promise.reject(new Error('replaced')),
    };
    expect(await digestsOf(event('Delete', 1), gone, nodeDigester)).toEqual({});
  });
});

describe('the policy of a replica', () => {
  const properties = { TableArn: 'arn:table', Policy: '{"Statement":[]}' };

  /** Fails so many times first. */
  function policies(failures: number): TablePolicies & { readonly calls: string[] } {
    const calls: string[] = [];
    const take = (call: string) => {
      calls.push(call);
      return calls.length > failures ? Promise.resolve() : Promise.reject(new Error('changed just now'));
    };
    return {
      calls,
      put: (arn, policy) => take(`put ${arn} ${policy}`),
      remove: (arn) => take(`remove ${arn}`),
    };
  }
  const apply = async (requestType: RequestType, held: TablePolicies) => {
    let sleptMs = 0;
    await applyTablePolicy(asked(requestType, properties), held, (ms) => {
      sleptMs += ms;
      return Promise.resolve();
    });
    return sleptMs;
  };

  it.each<[RequestType, string]>([
    ['Create', 'put arn:table {"Statement":[]}'],
    ['Update', 'put arn:table {"Statement":[]}'],
    ['Delete', 'remove arn:table'],
  ])('on %s: %s', async (requestType, call) => {
    const held = policies(0);
    expect(await apply(requestType, held)).toBe(0);
    expect(held.calls).toEqual([call]);
  });

  it('is tried again for longer than the 15 s in which DynamoDB takes no other, as a rollback needs it', async () => {
    const held = policies(ATTEMPTS_MAX - 1);
    expect(await apply('Update', held)).toBeGreaterThan(15_000);
    expect(held.calls).toHaveLength(ATTEMPTS_MAX);
  });

  it('fails the deployment when DynamoDB goes on refusing it', async () => {
    await expect(apply('Create', policies(ATTEMPTS_MAX))).rejects.toThrow('changed just now');
  });
});
