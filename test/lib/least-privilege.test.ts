import { actionsOf, functionNamed, statementsOf, templatesOf } from './templates';

const { home, away, edgeSync } = templatesOf();
const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const APPEND = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];

interface Granting {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

describe('what each function may do', () => {
  it.each([
    [
      'Ingest',
      [
        ...['dynamodb:GetItem', ...APPEND, 'dynamodb:Query'],
        ...['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:PutObjectTagging'],
      ],
    ],
    ['Serve', ['dynamodb:GetItem', 'dynamodb:Query', 's3:GetObject', 's3:ListBucket']],
    ['Authorizer', ['dynamodb:GetItem']],
    [
      'StreamProcessor',
      [
        'dynamodb:DescribeStream',
        'dynamodb:GetItem',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:SendMessage',
      ],
    ],
    [
      'ControlFunction',
      ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem', ...APPEND, 'dynamodb:Query'],
    ],
    ['EdgeCredentialDigestFunction', ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue']],
  ])('%s', (name, actions) => {
    expect(actionsOf(home, name)).toEqual([...actions, ...LOG].sort());
  });

  it('EdgeSync: the events it reads, the one store and the one distribution', () => {
    expect(actionsOf(edgeSync!, 'Synchroniser')).toEqual(
      [
        'cloudfront-keyvaluestore:DescribeKeyValueStore',
        'cloudfront-keyvaluestore:GetKey',
        'cloudfront-keyvaluestore:ListKeys',
        'cloudfront-keyvaluestore:UpdateKeys',
        'cloudfront:CreateInvalidation',
        'dynamodb:BatchGetItem',
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
        'dynamodb:Query',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:SendMessage',
        ...LOG,
      ].sort(),
    );
  });

  it('to nobody else: no other function may touch CloudFront', () => {
    expect(JSON.stringify([home.toJSON(), away.toJSON()])).not.toContain('cloudfront-keyvaluestore');
    expect(JSON.stringify([home.toJSON(), away.toJSON()])).not.toContain('CreateInvalidation');
  });

  const statements = [home, away, edgeSync!].flatMap((template) =>
    Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
      (policy) =>
        (
          policy as {
            Properties: { PolicyDocument: { Statement: { Action: unknown; Resource: unknown }[] } };
          }
        ).Properties.PolicyDocument.Statement,
    ),
  );

  it('names every action and every resource', () => {
    for (const { Action, Resource } of statements) {
      expect(JSON.stringify(Action)).not.toContain('*');
      expect(Resource).not.toBe('*');
      // Objects below a prefix are the only wildcard: their keys do not exist yet.
      expect(JSON.stringify(Resource).replaceAll(/\/(segments|documents)\/\*/g, '')).not.toContain('*');
    }
  });

  it('says nothing twice: what is allowed under no condition is not allowed under one too', () => {
    for (const [, policy] of [home, away, edgeSync!].flatMap((template) =>
      Object.entries(template.findResources('AWS::IAM::Policy')),
    )) {
      const { Statement } = (policy as { Properties: { PolicyDocument: { Statement: Granting[] } } })
        .Properties.PolicyDocument;
      const grants = (isConditional: boolean) =>
        Statement.filter(({ Condition }) => (Condition !== undefined) === isConditional).flatMap(
          ({ Action, Resource }) =>
            [Action]
              .flat()
              .flatMap((action) => [Resource].flat().map((each) => JSON.stringify([action, each]))),
        );
      const always = grants(false);
      expect(new Set(always).size).toBe(always.length);
      expect(grants(true).filter((grant) => always.includes(grant))).toEqual([]);
    }
  });

  it('is never granted by a managed policy', () => {
    expect(JSON.stringify([home.toJSON(), away.toJSON()])).not.toContain('ManagedPolicyArns');
  });
});

describe('roles', () => {
  it('are not shared: every function has its own', () => {
    for (const template of [home, away]) {
      const roles = Object.values(template.findResources('AWS::Lambda::Function')).map(
        (each) =>
          (each as { Properties: { Role: { 'Fn::GetAtt': [string] } } }).Properties.Role['Fn::GetAtt'][0],
      );
      expect(new Set(roles).size).toBe(roles.length);
    }
  });

  it('of the live path read events, never the credentials in the same table', () => {
    for (const name of ['Ingest', 'Serve', 'StreamProcessor']) {
      const onEvents = statementsOf(home, name).filter(({ Resource }) =>
        JSON.stringify(Resource).includes('sports-events'),
      );
      expect(onEvents.length).toBeGreaterThan(0);
      for (const { Condition } of onEvents)
        expect(Condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['event#*'] } });
    }
  });

  it('of the authorizer reads credentials and nothing else', () => {
    const [only, ...others] = statementsOf(home, 'Authorizer').filter(({ Action }) =>
      JSON.stringify(Action).includes('dynamodb'),
    );
    expect(others).toEqual([]);
    expect(only?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['credential#*'] },
    });
  });

  it('to serve write nothing, and to publish read only what was uploaded in their own region', () => {
    expect(actionsOf(home, 'Serve').filter((action) => /Put|Update|Delete/.test(action))).toEqual(
      LOG.filter((action) => action.includes('Put')),
    );
    const reads = statementsOf(home, 'Ingest').filter(({ Action }) =>
      [Action].flat().includes('s3:GetObject'),
    );
    expect(reads.map(({ Resource }) => JSON.stringify(Resource))).toEqual([
      expect.stringMatching(/-eu-west-1\/segments\/\*"/),
    ]);
    expect(functionNamed(home, 'Ingest').Role).not.toEqual(functionNamed(home, 'Serve').Role);
  });
});
