import { App, Stack, Validations } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { type DeploymentConfig, ServeOrigin } from '../../lib';
import { addStacks } from '../../lib/headwater-app';
import { CONFIG, functionNamed, LITERAL_ARNS, templatesOf, TWO_ACCOUNTS } from './templates';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const HOT_ZONES = { 'eu-west-1': 'euw1-az1' };
const templates = templatesOf({ ...TWO_ACCOUNTS, hotZones: HOT_ZONES }, false, LITERAL_ARNS);
const { home, away } = templates;
const edge = templates.edge!;
const [serveHome, serveAway] = [templates.serveHome!, templates.serveAway!];

const cells = [
  ['home', home],
  ['away', away],
] as const;
const serves = [
  ['home', serveHome],
  ['away', serveAway],
] as const;

function typesOf(template: Template): string[] {
  const resources = Object.values(template.toJSON()['Resources'] as Record<string, Resource>);
  return resources.map(({ Type }) => Type);
}

describe('who has what', () => {
  it.each(cells)('%s: nothing that answers CDNs is left beside what publishes', (_, template) => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(JSON.stringify(functions)).not.toContain('Serves the first valid candidate');
    const apis = JSON.stringify(template.findResources('AWS::ApiGateway::RestApi'));
    expect(apis).toContain('Headwater publish');
    expect(apis).not.toContain('Headwater serve');
    expect(JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'))).not.toMatch(/#serve/);
    expect(Object.keys(template.toJSON()['Outputs'] as object)).not.toContain('ServeUrl');
  });

  it.each(serves)(
    '%s: what answers CDNs has nothing that stores, and its own alarms and dashboard',
    (_, template) => {
      expect(typesOf(template).filter((type) => /DynamoDB|::S3|Secret|SQS/.test(type))).toEqual([]);
      template.resourceCountIs('AWS::Lambda::Function', 1);
      template.resourceCountIs('AWS::ApiGateway::RestApi', 1);
      const alarms = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'));
      for (const article of ['servefailing', 'servethrottled']) expect(alarms).toContain(`#${article}`);
      template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
      expect(Object.keys(template.toJSON()['Outputs'] as object)).toContain('ServeUrl');
    },
  );

  it('dashboards show what is counted in their account', () => {
    const shown = (template: Template) =>
      JSON.stringify(template.findResources('AWS::CloudWatch::Dashboard')).replaceAll('\\', '');
    for (const metric of [
      'MetricName="Selected"',
      '{"Headwater/sports",service,class,status}',
      'serve 5xx',
    ]) {
      expect(shown(serveHome)).toContain(metric);
      expect(shown(home)).not.toContain(metric);
    }
    expect(shown(home)).toContain('publish 5xx');
  });

  it('the web ACL of the serve API goes with it', () => {
    const walled = templatesOf({ ...TWO_ACCOUNTS, webAcl: { controlRequestsPerFiveMinutes: 100 } });
    const aclsOf = (template: Template) =>
      Object.values(template.findResources('AWS::WAFv2::WebACL')).map(
        (acl) => (acl as Resource & { Properties: { Rules: { Name: string }[] } }).Properties.Rules[0]?.Name,
      );
    expect(aclsOf(walled.home)).toEqual(['too-many-of-one-address']);
    expect(aclsOf(walled.serveHome!)).toEqual(['without-edge-credential']);
  });
});

describe('where functions look', () => {
  const deploymentOf = (template: Template, name: string) =>
    JSON.parse(
      functionNamed(template, name).Environment?.Variables['HEADWATER_DEPLOYMENT'] as string,
    ) as object;

  it('serve asks for tables by ARN, which names their account, and for buckets by name', () => {
    expect(deploymentOf(serveAway, 'ServeFunction')).toEqual({
      region: 'eu-central-1',
      regions: [
        {
          region: 'eu-west-1',
          candidateTable: 'arn:aws:dynamodb:eu-west-1:111111111111:table/sports-candidates',
          bucket: 'sports-111111111111-eu-west-1',
        },
        {
          region: 'eu-central-1',
          candidateTable: 'arn:aws:dynamodb:eu-central-1:111111111111:table/sports-candidates',
          bucket: 'sports-111111111111-eu-central-1',
        },
      ],
      events: {
        table: 'arn:aws:dynamodb:eu-central-1:111111111111:table/sports-events',
        readRegion: 'eu-central-1',
        homeRegion: 'eu-west-1',
      },
      edgeFollows: true,
    });
  });

  it('ingest, beside its tables, by name', () => {
    expect(deploymentOf(away, 'FunctionsIngest')).toMatchObject({
      regions: [{ candidateTable: 'sports-candidates' }, { candidateTable: 'sports-candidates' }],
      events: { table: 'sports-events' },
    });
  });
});

describe('what stacks tell each other across the accounts', () => {
  const producing = (template: Template) => ({
    role: Object.values(template.findResources('AWS::IAM::Role')).find((role) =>
      JSON.stringify(role).includes('cfn-exec-role'),
    ) as Resource | undefined,
    policy: Object.entries(template.findResources('AWS::IAM::Policy')).find(([id]) =>
      id.includes('GetStackOutput'),
    )?.[1] as Resource | undefined,
  });

  it('serve gets the digests of the edge credential, and knows no secret', () => {
    const { Environment } = functionNamed(serveHome, 'ServeFunction');
    expect(Environment?.Variables['HEADWATER_EDGE_CREDENTIAL_DIGESTS']).toEqual({
      'Fn::GetStackOutput': {
        StackName: 'sports-eu-west-1',
        Region: 'eu-west-1',
        RoleArn: expect.stringMatching(/^arn:aws:iam::111111111111:role\/sports/) as string,
        OutputName: expect.stringContaining('EdgeCredentialDigests') as string,
      },
    });
    expect(JSON.stringify(serveHome.toJSON())).not.toContain('secretsmanager');
  });

  it('a raised generation changes the template of serve, or CloudFormation would not look for new digests', () => {
    const raised = templatesOf({ ...TWO_ACCOUNTS, credentialGeneration: 2 });
    const generation = (template: Template) =>
      functionNamed(template, 'ServeFunction').Environment?.Variables['HEADWATER_EDGE_CREDENTIAL_GENERATION'];
    expect([generation(serveHome), generation(raised.serveHome!)]).toEqual(['1', '2']);
  });

  it('the CDN stays where the events are, gets host names from serve and shows the secret of its own account', () => {
    const origins = (
      Object.values(edge.findResources('AWS::CloudFront::Distribution'))[0] as Resource & {
        Properties: { DistributionConfig: { Origins: Record<string, unknown>[] } };
      }
    ).Properties.DistributionConfig.Origins;
    expect(origins.map(({ DomainName }) => JSON.stringify(DomainName))).toEqual([
      expect.stringMatching(/"StackName":"sports-serve-eu-west-1".*:222222222222:role/),
      expect.stringMatching(/"StackName":"sports-serve-eu-central-1".*:222222222222:role/),
    ]);
    expect(JSON.stringify(origins[0])).toContain(
      '{{resolve:secretsmanager:sports/edge-credential/eu-west-1:SecretString:::}}',
    );
  });

  it.each([
    ['a region, to serve', home, '222222222222-eu-west-1', '111111111111:stack/sports-eu-west-1'],
    ['serve, to the CDN', serveHome, '111111111111-us-east-1', '222222222222:stack/sports-serve-eu-west-1'],
  ])('outputs of %s: its CloudFormation may describe the one stack', (_, template, consumer, stack) => {
    const { role, policy } = producing(template);
    expect(JSON.stringify(role?.Properties['AssumeRolePolicyDocument'])).toContain(
      `cfn-exec-role-${consumer}"`,
    );
    expect((policy?.Properties['PolicyDocument'] as { Statement: unknown }).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'cloudformation:DescribeStacks',
        Resource: `arn:aws:cloudformation:eu-west-1:${stack}/*`,
      },
    ]);
  });
});

describe('the stacks of two accounts', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], ...LITERAL_ARNS } });
  addStacks(app, { ...CONFIG, ...TWO_ACCOUNTS, hotZones: HOT_ZONES, console: {} }, undefined);
  // As bin/app.ts does: a finding that nobody acknowledged ends the synthesis.
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const assembly = app.synth();

  it.each([
    ['sports-eu-west-1', '111111111111', []],
    ['sports-eu-central-1', '111111111111', ['sports-eu-west-1']],
    ['sports-serve-eu-west-1', '222222222222', ['sports-eu-west-1']],
    ['sports-serve-eu-central-1', '222222222222', ['sports-eu-central-1']],
    ['sports-edge', '111111111111', ['sports-serve-eu-central-1', 'sports-serve-eu-west-1']],
    ['sports-edge-sync', '111111111111', ['sports-edge', 'sports-eu-west-1']],
    ['sports-console', '111111111111', ['sports-edge', 'sports-eu-west-1']],
  ])('%s is of %s, after %j', (name, account, before) => {
    const { environment, dependencies } = assembly.getStackByName(name);
    expect(environment.account).toBe(account);
    expect(
      dependencies
        .map(({ id }) => id)
        .filter((id) => !id.endsWith('.assets'))
        .sort(),
    ).toEqual(before);
  });
});

describe('a configuration that cannot be', () => {
  it.each<[string, Partial<DeploymentConfig>, string]>([
    ['no number', { serveAccount: 'serve' }, 'serveAccount: wanted an account of 12 digits, got serve'],
    [
      'too short',
      { serveAccount: '22222222222' },
      'serveAccount: wanted an account of 12 digits, got 22222222222',
    ],
    ['another that is none', { account: 'main' }, 'account: wanted an account of 12 digits, got main'],
    [
      'the same',
      { serveAccount: '111111111111' },
      'serveAccount: wanted another account than account, got 111111111111 for both',
    ],
    [
      'function URLs',
      { serveThrough: 'function-url' },
      'serveThrough: wanted api-gateway beside serveAccount, got function-url',
    ],
  ])('is refused by name: %s', (_, config, message) => {
    expect(() => templatesOf({ ...TWO_ACCOUNTS, ...config })).toThrow(message);
  });

  it('is refused by name: no account beside it', () => {
    const { serveAccount } = TWO_ACCOUNTS;
    expect(() => templatesOf({ serveAccount })).toThrow(
      'account: wanted an account of 12 digits, got none beside serveAccount',
    );
  });

  it('is one for an emulator, which reads no table of another account', () => {
    expect(() => templatesOf(TWO_ACCOUNTS, true)).toThrow('serveAccount: wanted none in an emulator');
  });

  it('is serve in a stack of another account than it is said to have', () => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    const stack = new Stack(app, 'Mine', { env: { account: '111111111111', region: 'eu-west-1' } });
    const deployment = { ...CONFIG, ...TWO_ACCOUNTS };
    expect(() => new ServeOrigin(stack, 'Origin', { deployment, edgeCredentialDigests: 'd' })).toThrow(
      'serveAccount: wanted that of the stack Mine, 111111111111, got 222222222222',
    );
  });
});
