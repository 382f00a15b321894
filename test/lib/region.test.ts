import { Match } from 'aws-cdk-lib/assertions';
import { functionNamed, templatesOf } from './templates';

const { home, away } = templatesOf();
const regions = [
  ['home', home],
  ['away', away],
] as const;

describe.each(regions)('the candidate table (%s)', (_, template) => {
  it('is a plain table with a stream and a time to live, so an event source takes it and it cleans up itself', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'sports-candidates',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      GlobalSecondaryIndexes: Match.absent(),
    });
  });
});

describe.each(regions)('the bucket (%s)', (_, template) => {
  it('is closed to the public, encrypted, and refuses plain HTTP', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('expires segments by their tag only: documents lie outside every rule', () => {
    const [bucket] = Object.values(template.findResources('AWS::S3::Bucket')) as {
      Properties: { LifecycleConfiguration: { Rules: { Prefix: string; TagFilters: unknown[] }[] } };
    }[];
    const rules = bucket!.Properties.LifecycleConfiguration.Rules;
    expect(rules.map(({ Prefix }) => Prefix)).toEqual(rules.map(() => 'segments/'));
    expect(rules.map(({ TagFilters }) => TagFilters)).toEqual(
      ['1', '2', '4', '8', '16', '32'].map((Value) => [{ Key: 'retention-days', Value }]),
    );
  });
});

describe('the events table', () => {
  it('is one for all regions, made at home, and survives mistakes', () => {
    home.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TableName: 'sports-events',
      Replicas: [
        Match.objectLike({ Region: 'eu-central-1', DeletionProtectionEnabled: true }),
        Match.objectLike({
          Region: 'eu-west-1',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });
    home.hasResource('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Retain' });
    away.resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
  });
});

describe.each(regions)('the stream processor (%s)', (_, template) => {
  it('gives up a poison record: bounded retries and age, halved batches, a queue for what is left', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 60,
      ParallelizationFactor: 4,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': Match.anyValue() } } },
    });
  });

  it('is not woken by its own flags, nor by what expires', () => {
    const [mapping] = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')) as {
      Properties: { FilterCriteria: { Filters: { Pattern: string }[] } };
    }[];
    expect(
      mapping!.Properties.FilterCriteria.Filters.map(({ Pattern }) => JSON.parse(Pattern) as unknown),
    ).toEqual([
      {
        eventName: ['INSERT', 'MODIFY'],
        dynamodb: { NewImage: { change: { S: ['publication'] } } },
      },
    ]);
  });
});

describe.each(regions)('functions (%s)', (_, template) => {
  it('run on ARM with a log that ends', () => {
    const all = Object.values(template.findResources('AWS::Lambda::Function')).map(
      (each) => (each as { Properties: Record<string, unknown> }).Properties,
    );
    for (const { Architectures, Runtime, LoggingConfig } of all) {
      expect([Architectures, Runtime]).toEqual([['arm64'], 'nodejs24.x']);
      expect(LoggingConfig).toBeDefined();
    }
    template.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 30 }, all.length);
  });

  it('to publish and to serve have their own concurrency: a read storm cannot slow a write', () => {
    expect(functionNamed(template, 'Ingest')['ReservedConcurrentExecutions']).toBe(100);
    expect(functionNamed(template, 'Serve')['ReservedConcurrentExecutions']).toBe(400);
  });

  it('know digests of credentials, never a secret', () => {
    expect(JSON.stringify(template.findResources('AWS::Lambda::Function'))).not.toContain(
      'resolve:secretsmanager',
    );
    const { Environment } = functionNamed(template, 'Serve');
    expect(Environment?.Variables['HEADWATER_EDGE_CREDENTIAL_DIGESTS']).toEqual({
      'Fn::GetAtt': [expect.stringContaining('EdgeCredentialDigests'), 'Digests'],
    });
  });
});

describe('alarms', () => {
  it('say what is the matter and what to do first, and sleep while there is no event', () => {
    const alarms = Object.values(away.findResources('AWS::CloudWatch::Alarm')).map(
      (alarm) => (alarm as { Properties: Record<string, unknown> }).Properties,
    );
    expect(alarms).toHaveLength(9);
    for (const { AlarmDescription, TreatMissingData, AlarmActions } of alarms) {
      expect(AlarmDescription).toMatch(/^.{20,}[.?] .{10,}\.$/);
      expect([TreatMissingData, AlarmActions]).toEqual(['notBreaching', undefined]);
    }
  });

  it('watch each API by a name of its own, since API Gateway counts by it', () => {
    const names = Object.values(home.findResources('AWS::ApiGateway::RestApi')).map(
      (api) => (api as { Properties: { Name: string } }).Properties.Name,
    );
    expect(names.sort()).toEqual(['sports-control', 'sports-publish', 'sports-serve']);
    for (const [article, api] of [
      ['publishfailing', 'sports-publish'],
      ['servefailing', 'sports-serve'],
    ])
      home.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmDescription: Match.stringLikeRegexp(`#${article}`),
        Dimensions: [{ Name: 'ApiName', Value: api }],
      });
  });

  it('count what this deployment counts, not another of the account', () => {
    home.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ Namespace: 'Headwater/sports', MetricName: 'Down' },
    });
    for (const name of ['Ingest', 'Serve', 'StreamProcessor', 'Sweep', 'ControlFunction'])
      expect(functionNamed(home, name).Environment?.Variables).toMatchObject({
        POWERTOOLS_METRICS_NAMESPACE: 'Headwater/sports',
      });
  });

  it("tell their region's topic", () => {
    const topic = 'arn:aws:sns:eu-west-1:123456789012:duty';
    const { home: told, away: silent } = templatesOf({ alarmTopicArns: { 'eu-west-1': topic } });
    const both = { AlarmActions: [topic], OKActions: [topic] };
    told.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', both, 9);
    silent.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', both, 0);
  });
});

describe('a cell', () => {
  it('refers to other regions by name only, so it deploys while they are down', () => {
    for (const [, template] of regions) {
      expect(JSON.stringify(template.toJSON())).not.toMatch(
        /Fn::ImportValue|Fn::GetStackOutput|ExportsReader/,
      );
    }
  });

  it('reserves no concurrency where the account has none to give', () => {
    const { home: small } = templatesOf({ reservedConcurrency: false });
    expect(functionNamed(small, 'Ingest')['ReservedConcurrentExecutions']).toBeUndefined();
  });

  it('goes as a whole when it keeps no data', () => {
    const { home: passing } = templatesOf({ retainData: false });
    passing.hasResource('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Delete' });
    passing.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  });
});

it('outputs are what docs call for: base URLs, and the names of secrets', () => {
  const outputs = home.toJSON()['Outputs'] as Record<string, { Value: unknown }>;
  // The CDK publishes what the CDN's stacks look up.
  expect(
    Object.keys(outputs)
      .filter((name) => !name.startsWith('PublishOutput'))
      .sort(),
  ).toEqual([...['ControlUrl', 'EdgeCredentialName', 'OperatorTokenName', 'PublishUrl', 'ServeUrl']]);
  for (const url of ['ControlUrl', 'PublishUrl', 'ServeUrl'])
    expect(JSON.stringify(outputs[url]?.Value)).not.toMatch(/live|control/);
});

describe('a configuration that cannot be', () => {
  it.each([
    ['name', { name: 'Sports_1' }, 'name: wanted 1-20 of a-z, 0-9 and -, the first a letter, got "Sports_1"'],
    ['regions', { regions: ['eu-west-1', 'eu-west-1'] as const }, 'regions: wanted regions that differ'],
    [
      'a zone',
      { regions: ['eu-west-1a'] as const },
      'regions: wanted AWS regions such as eu-west-1, got "eu-west-1a"',
    ],
    [
      'no concurrency',
      { reservedConcurrency: { publish: 0, serve: 400 } },
      'reservedConcurrency.publish: wanted a whole number from 1 on, or false for none, got 0',
    ],
    [
      'certificate',
      { edge: { domainNames: ['live.example.com'] } },
      'edge.certificateArn: wanted one for live.example.com, got none',
    ],
  ])('is refused by name: %s', (_, config, message) => {
    expect(() => templatesOf(config)).toThrow(message);
  });
});
