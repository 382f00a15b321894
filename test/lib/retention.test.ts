import type { Template } from 'aws-cdk-lib/assertions';
import { templatesOf, type Templates, TWO_ACCOUNTS } from './templates';

/**
 * What `cdk destroy` leaves: what holds data, and only where `retainData` says so. Everything else goes, whether
 * CloudFormation's default says so or the template does.
 */

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Types that CloudFormation keeps, or takes a snapshot of, unless the template says otherwise. */
const STATEFUL = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
];

function resourcesOf(templates: Templates): readonly (readonly [string, Resource])[] {
  return (Object.values(templates) as (Template | undefined)[]).flatMap((template) =>
    Object.entries(
      (template?.toJSON() as { Resources?: Record<string, Resource> } | undefined)?.Resources ?? {},
    ),
  );
}

const keptOf = (templates: Templates) =>
  resourcesOf(templates)
    .filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete')
    .map(([, { Type }]) => Type)
    .sort();

describe.each([
  ['one account', {}],
  ['an account for serve', TWO_ACCOUNTS],
])('cdk destroy, %s', (_, config) => {
  it("keeps the events and each region's segments, and nothing else", () => {
    expect(keptOf(templatesOf(config))).toEqual([
      'AWS::DynamoDB::GlobalTable',
      'AWS::S3::Bucket',
      'AWS::S3::Bucket',
    ]);
  });

  it('keeps the access logs of no API either', () => {
    expect(keptOf(templatesOf({ ...config, accessLogs: true }))).toEqual(keptOf(templatesOf(config)));
  });

  it('keeps nothing where retainData is false, and events are not protected from it', () => {
    const templates = templatesOf({ ...config, retainData: false });
    expect(keptOf(templates)).toEqual([]);
    const [[, events] = []] = resourcesOf(templates).filter(
      ([, { Type }]) => Type === 'AWS::DynamoDB::GlobalTable',
    );
    expect(JSON.stringify(events)).not.toContain('"DeletionProtectionEnabled":true');
  });

  it('finds a policy on all that holds data, so that no default decides', () => {
    const stateful = resourcesOf(templatesOf(config)).filter(([, { Type }]) => STATEFUL.includes(Type));
    expect(stateful.length).toBeGreaterThan(10);
    const silent = stateful.filter(([, { DeletionPolicy }]) => DeletionPolicy === undefined);
    expect(silent.map(([id]) => id)).toEqual([]);
  });

  it('leaves no log for ever: every log group ends, and Lambda makes none by itself', () => {
    const all = resourcesOf(templatesOf(config));
    const groups = all.filter(([, { Type }]) => Type === 'AWS::Logs::LogGroup');
    for (const [id, { Properties }] of groups)
      expect([id, Properties?.['RetentionInDays']]).toEqual([id, 30]);
    const functions = all.filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
    for (const [id, { Properties }] of functions)
      expect([id, JSON.stringify(Properties?.['LoggingConfig'])]).toEqual([
        id,
        expect.stringContaining('Log'),
      ]);
  });
});

describe('a first deployment that fails', () => {
  const { home } = templatesOf();

  it('leaves no bucket in the way of the next one', () => {
    home.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('has not made the events table yet where the account has no concurrency to reserve', () => {
    const [events] = Object.values(home.findResources('AWS::DynamoDB::GlobalTable')) as [
      { readonly DependsOn: readonly string[] },
    ];
    const reserving = Object.entries(home.findResources('AWS::Lambda::Function')).filter(
      ([, { Properties }]) =>
        (Properties as { ReservedConcurrentExecutions?: number }).ReservedConcurrentExecutions !== undefined,
    );
    expect(reserving).toHaveLength(2);
    expect(events.DependsOn).toEqual(expect.arrayContaining(reserving.map(([id]) => id)));
  });
});
