import { Match } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib';
import { addStacks } from '../../lib/headwater-app';
import { functionNamed, statementsOf, templatesOf } from './templates';

const NOW_MS = Date.parse('2026-06-13T18:00:00Z');
const FINAL = { from: '2026-06-13T18:30:00Z', to: '2026-06-13T22:00:00Z', serve: 50, ingest: 20 };

describe('serveThrough: function-url', () => {
  const { home, edge } = templatesOf({ serveThrough: 'function-url' });

  it('replaces the API by a URL that only signed requests may use, and streams', () => {
    home.hasResourceProperties('AWS::Lambda::Url', {
      AuthType: 'AWS_IAM',
      InvokeMode: 'RESPONSE_STREAM',
      TargetFunctionArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('FunctionsServe'), 'Arn'] },
    });
    const apis = Object.values(home.findResources('AWS::ApiGateway::RestApi')).map(
      (api) => (api as { Properties: { Description: string } }).Properties.Description,
    );
    expect(apis.filter((description) => description.includes('serve'))).toEqual([]);
  });

  it.each([
    ['lambda:InvokeFunctionUrl', { FunctionUrlAuthType: 'AWS_IAM' }],
    ['lambda:InvokeFunction', { InvokedViaFunctionUrl: true }],
  ])('lets CloudFront of this account alone: %s', (Action, how) => {
    home.hasResourceProperties('AWS::Lambda::Permission', {
      ...{ Action, ...how, Principal: 'cloudfront.amazonaws.com' },
      SourceArn: { 'Fn::Join': ['', Match.arrayWith([{ Ref: 'AWS::AccountId' }, ':distribution/*'])] },
    });
  });

  it('is signed for by the CDN, which shows its credential all the same', () => {
    edge!.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: {
        OriginAccessControlOriginType: 'lambda',
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    });
    const [distribution] = Object.values(edge!.findResources('AWS::CloudFront::Distribution')) as {
      Properties: { DistributionConfig: { Origins: Record<string, unknown>[] } };
    }[];
    const origins = distribution!.Properties.DistributionConfig.Origins;
    expect(origins).toHaveLength(2);
    for (const origin of origins)
      expect(origin).toMatchObject({
        OriginAccessControlId: { 'Fn::GetAtt': [expect.stringContaining('Signed'), 'Id'] },
        OriginCustomHeaders: expect.arrayContaining([
          expect.objectContaining({ HeaderName: 'headwater-edge-credential' }),
        ]) as unknown,
      });
  });

  it('tells of failures by the URL’s own count', () => {
    home.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Url5xxCount',
    });
  });

  it('is not for a CDN of your own, which could not sign', () => {
    expect(() => templatesOf({ serveThrough: 'function-url', edge: false })).toThrow(/^serveThrough: wanted/);
  });
});

it('no origin access control is made for API Gateway, whose paths nobody signs', () => {
  const made = templatesOf().edge!.findResources('AWS::CloudFront::OriginAccessControl');
  expect(made).toEqual({});
});

describe('provisioned', () => {
  const target = (nowMs: number, instances: number) => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    addStacks(app, { name: 'sports', regions: ['eu-west-1'], provisioned: [FINAL] }, undefined, nowMs);
    const stack = app.synth().getStackByName('sports-eu-west-1').template as {
      Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
    };
    const targets = Object.values(stack.Resources).filter(
      ({ Type, Properties }) =>
        Type === 'AWS::ApplicationAutoScaling::ScalableTarget' &&
        JSON.stringify(Properties['ScheduledActions'] ?? []).includes(`${instances}`),
    );
    return targets.map(({ Properties }) => Properties);
  };

  it.each([
    ['serve', FINAL.serve],
    ['ingest', FINAL.ingest],
  ])('schedules the instances of %s from and to the instants given', (_, instances) => {
    const [scaling] = target(NOW_MS, instances);
    expect(scaling).toMatchObject({
      ScalableDimension: 'lambda:function:ProvisionedConcurrency',
      ServiceNamespace: 'lambda',
      MinCapacity: 0,
      MaxCapacity: 0,
      ScheduledActions: [
        {
          Schedule: 'at(2026-06-13T18:30:00)',
          ScalableTargetAction: { MinCapacity: instances, MaxCapacity: instances },
        },
        { Schedule: 'at(2026-06-13T22:00:00)', ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 0 } },
      ],
    });
  });

  it('keeps what is under way when a deployment comes in the middle, and plans nothing for the past', () => {
    const [scaling] = target(Date.parse('2026-06-13T20:00:00Z'), 0);
    expect(scaling).toMatchObject({ MinCapacity: 20, MaxCapacity: 20 });
    expect(scaling!['ScheduledActions']).toHaveLength(1);
    expect(target(Date.parse('2026-06-13T22:00:00Z'), 0)).toEqual([]);
  });

  it('has both APIs call the versions that were started', () => {
    const { home } = templatesOf({ provisioned: [FINAL] });
    home.resourcePropertiesCountIs('AWS::Lambda::Alias', { Name: 'live' }, 2);
    const uris = JSON.stringify(home.findResources('AWS::ApiGateway::Method'));
    expect(uris).toMatch(/ServeAlias/);
    expect(uris).toMatch(/IngestAlias/);
  });

  it('costs nothing where it is not asked for', () => {
    const { home } = templatesOf();
    home.resourceCountIs('AWS::Lambda::Alias', 0);
    home.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  it.each([
    ['provisioned[0].from', { from: 'Saturday' }, 'wanted an instant as 2026-06-13T18:30:00Z, got Saturday'],
    ['provisioned[0].to', { to: FINAL.from }, 'wanted it after 2026-06-13T18:30:00Z'],
    ['provisioned[0].serve', { serve: 401 }, 'wanted 1 to 400 (reserved), got 401'],
    ['provisioned[0].ingest', { ingest: 0 }, 'wanted 1 to 100 (reserved), got 0'],
  ])('refuses %s by name', (name, wrong, message) => {
    expect(() => templatesOf({ provisioned: [{ ...FINAL, ...wrong }] })).toThrow(`${name}: ${message}`);
  });

  it('refuses windows that overlap: each would end the other', () => {
    const later = { ...FINAL, from: '2026-06-13T21:00:00Z', to: '2026-06-13T23:00:00Z' };
    expect(() => templatesOf({ provisioned: [later, FINAL] })).toThrow(/do not overlap/);
  });
});

it('warmThroughput readies the candidate table of every region', () => {
  const { home, away } = templatesOf({ warmThroughput: { reads: 40_000, writes: 8000 } });
  for (const template of [home, away])
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      WarmThroughput: { ReadUnitsPerSecond: 40_000, WriteUnitsPerSecond: 8000 },
    });
  templatesOf().home.hasResourceProperties('AWS::DynamoDB::Table', { WarmThroughput: Match.absent() });
});

describe('hotZones', () => {
  const { home, away } = templatesOf({ hotZones: { 'eu-west-1': 'euw1-az1' } });

  it('keeps the newest segments of a region in a directory bucket of one zone, for a day', () => {
    home.hasResourceProperties('AWS::S3Express::DirectoryBucket', {
      BucketName: { 'Fn::Join': ['', ['sports-', { Ref: 'AWS::AccountId' }, '-hot--euw1-az1--x-s3']] },
      LocationName: 'euw1-az1',
      DataRedundancy: 'SingleAvailabilityZone',
      LifecycleConfiguration: {
        Rules: [{ Prefix: 'segments/', Status: 'Enabled', ExpirationInDays: 1 }],
      },
    });
    away.resourceCountIs('AWS::S3Express::DirectoryBucket', 0);
  });

  it.each([
    ['Serve', { StringEquals: { 's3express:SessionMode': 'ReadOnly' } }],
    ['Ingest', undefined],
  ])('opens sessions to it: %s', (name, condition) => {
    const [session, ...others] = statementsOf(home, name).filter(
      ({ Action }) => Action === 's3express:CreateSession',
    );
    expect(others).toEqual([]);
    expect(JSON.stringify(session?.Resource)).toMatch(
      /s3express:eu-west-1:.*bucket\/sports-.*-hot--euw1-az1--x-s3/,
    );
    expect(session?.Condition).toEqual(condition);
  });

  it('is known to the functions of its region alone', () => {
    const hotIn = (template: typeof home) =>
      JSON.stringify(functionNamed(template, 'FunctionsServe').Environment).includes('hotBucket');
    expect([hotIn(home), hotIn(away)]).toEqual([true, false]);
  });

  it.each([
    [{ 'us-east-1': 'use1-az4' }, 'hotZones: wanted regions of the deployment'],
    [
      { 'eu-west-1': 'eu-west-1a' },
      'hotZones.eu-west-1: wanted the id of a zone, as use1-az4, got eu-west-1a',
    ],
  ])('refuses %j by name', (hotZones, message) => {
    expect(() => templatesOf({ hotZones })).toThrow(message);
  });
});

it('functions keep their reserved concurrency under every option', () => {
  const { home } = templatesOf({ serveThrough: 'function-url', provisioned: [FINAL] });
  expect(functionNamed(home, 'FunctionsIngest')['ReservedConcurrentExecutions']).toBe(100);
  home.hasResourceProperties('AWS::Lambda::Url', { Qualifier: 'live' });
});
