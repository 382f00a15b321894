import { Match, type Template } from 'aws-cdk-lib/assertions';
import { checkDeployment, type DeploymentConfig } from '../../lib/deployment';
import { CONFIG, functionNamed, statementsOf, templatesOf } from './templates';

const MUTUAL_TLS = {
  domainName: 'publish.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1',
  truststore: { bucketName: 'example-truststore', key: 'packagers.pem', version: 'v1' },
};
const EVERYTHING: Partial<DeploymentConfig> = {
  mutualTls: { 'eu-west-1': MUTUAL_TLS },
  webAcl: { controlRequestsPerFiveMinutes: 3000 },
  accessLogs: true,
};

const { home, away } = templatesOf();
const guarded = templatesOf(EVERYTHING);

interface Resource<Properties> {
  readonly Properties: Properties;
}
function resources<Properties>(template: Template, type: string): [string, Properties][] {
  return Object.entries(template.findResources(type)).map(([id, resource]) => [
    id,
    (resource as Resource<Properties>).Properties,
  ]);
}

it('failures of either way to publish raise the alarm', () => {
  const [alarm] = resources<{ AlarmDescription: string; Metrics?: unknown }>(
    guarded.home,
    'AWS::CloudWatch::Alarm',
  )
    .map(([, properties]) => properties)
    .filter(({ AlarmDescription }) => AlarmDescription.includes('#publishfailing'));
  for (const name of ['sports-publish', 'sports-publish-mutual-tls'])
    expect(JSON.stringify(alarm?.Metrics)).toContain(`"ApiName","Value":"${name}"`);
});

describe('every API', () => {
  it('takes TLS 1.2 and newer at its own host name', () => {
    for (const template of [home, away, guarded.home])
      for (const [, api] of resources<Record<string, unknown>>(template, 'AWS::ApiGateway::RestApi'))
        expect(api).toMatchObject({
          SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PQ_2025_09',
          EndpointAccessMode: 'BASIC',
        });
  });

  it('has a limit of requests, and all of them together stay below the quota of an account', () => {
    const limits = resources<{
      MethodSettings: [{ ThrottlingRateLimit: number; ThrottlingBurstLimit: number }];
    }>(home, 'AWS::ApiGateway::Stage').map(([, { MethodSettings }]) => MethodSettings[0]);
    expect(limits.map(({ ThrottlingRateLimit }) => ThrottlingRateLimit).sort()).toEqual([100, 3000, 6000]);
    expect(limits.every(({ ThrottlingBurstLimit }) => ThrottlingBurstLimit > 0)).toBe(true);
    expect(limits.reduce((sum, { ThrottlingRateLimit }) => sum + ThrottlingRateLimit, 0)).toBeLessThan(
      10_000,
    );
  });

  it('takes the limits that the configuration names', () => {
    const { home: template } = templatesOf({ throttle: { publish: { requestsPerSecond: 50, burst: 5 } } });
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 5 })],
    });
  });
});

describe('what is kept', () => {
  it('is in buckets that nobody else reaches, encrypted, by TLS only', () => {
    for (const template of [home, away]) {
      template.allResourcesProperties('AWS::S3::Bucket', {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: Match.anyValue(),
      });
      template.hasResourceProperties('AWS::S3::BucketPolicy', {
        PolicyDocument: Match.objectLike({
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ]),
        }),
      });
    }
  });

  it('of logs has an end', () => {
    for (const template of [home, away, guarded.home])
      for (const [id, group] of resources<{ RetentionInDays?: number }>(template, 'AWS::Logs::LogGroup'))
        expect([id, group.RetentionInDays]).toEqual([id, 30]);
  });
});

describe('publishing with client certificates', () => {
  const api = resources<Record<string, unknown>>(guarded.home, 'AWS::ApiGateway::RestApi').find(([id]) =>
    id.includes('MutualTls'),
  );

  it('is there only where it is configured', () => {
    expect(api).toBeDefined();
    for (const template of [home, away, guarded.away])
      template.resourceCountIs('AWS::ApiGateway::DomainName', 0);
  });

  it('has no way around the handshake: no other host name, no authorizer that could let in', () => {
    expect(api?.[1]['DisableExecuteApiEndpoint']).toBe(true);
    const methods = resources<{ RestApiId: { Ref: string }; AuthorizationType: string }>(
      guarded.home,
      'AWS::ApiGateway::Method',
    ).filter(([, { RestApiId }]) => RestApiId.Ref === api?.[0]);
    expect(methods.map(([, { AuthorizationType }]) => AuthorizationType)).toEqual(['NONE', 'NONE']);
  });

  it('asks for certificates of the issuers in the truststore, by TLS 1.2 and newer', () => {
    expect(resources(guarded.home, 'AWS::ApiGateway::DomainName')).toHaveLength(1);
    guarded.home.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'publish.example.com',
      SecurityPolicy: 'TLS_1_2',
      MutualTlsAuthentication: {
        TruststoreUri: 's3://example-truststore/packagers.pem',
        TruststoreVersion: 'v1',
      },
    });
    guarded.home.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
      BasePath: 'live',
      RestApiId: { Ref: api?.[0] },
    });
  });

  it('has a function of its own, which that API alone may invoke', () => {
    expect(functionNamed(guarded.home, 'CertifiedIngest').Handler).toBe('index.certified');
    const [certified] = Object.keys(guarded.home.findResources('AWS::Lambda::Function')).filter((id) =>
      id.includes('CertifiedIngest'),
    );
    const permissions = resources<{ FunctionName: unknown; SourceArn: unknown }>(
      guarded.home,
      'AWS::Lambda::Permission',
    ).filter(([, { FunctionName }]) => JSON.stringify(FunctionName).includes(`"${certified}"`));
    expect(permissions.length).toBeGreaterThan(0);
    for (const [, { SourceArn }] of permissions)
      expect(JSON.stringify(SourceArn)).toContain(`{"Ref":"${api?.[0] ?? ''}"}`);
    expect(functionNamed(guarded.home, 'FunctionsIngest').Handler).toBe('index.handler');
  });

  it('may look a certificate up, and nothing more than publishing with secrets', () => {
    const more = statementsOf(guarded.home, 'CertifiedIngest').filter(({ Condition }) =>
      JSON.stringify(Condition ?? '').includes('credential#*'),
    );
    expect(more).toMatchObject([{ Action: 'dynamodb:GetItem' }]);
    expect(statementsOf(guarded.home, 'CertifiedIngest')).toHaveLength(
      statementsOf(guarded.home, 'FunctionsIngest').length + 1,
    );
  });
});

describe('the control API', () => {
  it('with IAM asks every method for a signature, and has no token', () => {
    const { home: template } = templatesOf({ controlAuthorization: 'iam' });
    const [api] =
      resources(template, 'AWS::ApiGateway::RestApi').find(([id]) => id.includes('Control')) ?? [];
    const methods = resources<{ RestApiId: { Ref: string }; AuthorizationType: string }>(
      template,
      'AWS::ApiGateway::Method',
    ).filter(([, { RestApiId }]) => RestApiId.Ref === api);
    expect(methods.map(([, { AuthorizationType }]) => AuthorizationType)).toEqual(['AWS_IAM', 'AWS_IAM']);
    const { Environment } = functionNamed(template, 'ControlFunction');
    expect(Environment?.Variables).toHaveProperty('HEADWATER_CONTROL_AUTHORIZATION', 'iam');
    expect(JSON.stringify(template.toJSON())).not.toContain('operator-token');
  });

  it('with tokens believes no signature', () => {
    const { Environment } = functionNamed(home, 'ControlFunction');
    expect(Environment?.Variables).not.toHaveProperty('HEADWATER_CONTROL_AUTHORIZATION');
  });
});

describe('AWS WAF', () => {
  it('is not paid for unless asked for', () => {
    home.resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  it('limits an address at the control API, and turns away who brings the serve API no edge credential', () => {
    guarded.home.resourceCountIs('AWS::WAFv2::WebACLAssociation', 2);
    guarded.home.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      Rules: [
        Match.objectLike({
          Action: { Block: {} },
          Statement: {
            RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 3000 },
          },
        }),
      ],
    });
    const block = Match.objectLike({
      Action: { Block: {} },
      Statement: {
        NotStatement: {
          Statement: {
            SizeConstraintStatement: Match.objectLike({
              FieldToMatch: { SingleHeader: { Name: 'headwater-edge-credential' } },
            }),
          },
        },
      },
    });
    for (const template of [guarded.home, guarded.away])
      template.hasResourceProperties('AWS::WAFv2::WebACL', { Rules: [block] });
    guarded.away.resourceCountIs('AWS::WAFv2::WebACL', 1);
  });

  it('keeps no samples of requests, which would show credentials', () => {
    const acls = JSON.stringify(guarded.home.findResources('AWS::WAFv2::WebACL'));
    expect(acls).toContain('"SampledRequestsEnabled":false');
    expect(acls).not.toContain('"SampledRequestsEnabled":true');
  });
});

describe('templates', () => {
  interface Json {
    readonly Resources: Readonly<
      Record<string, { Type: string; Properties?: { Environment?: { Variables: Record<string, unknown> } } }>
    >;
  }
  const all = [templatesOf(), guarded, templatesOf({ edge: false })].flatMap((templates) =>
    [templates.home, templates.away, templates.edge].flatMap((template) =>
      template === undefined ? [] : [template.toJSON() as Json],
    ),
  );
  const text = all.map((template) => JSON.stringify(template)).join('\n');
  const everyResource = all.flatMap(({ Resources }) => Object.values(Resources));

  it('hold no secret: only references that CloudFormation resolves where they are needed', () => {
    const resolved = text.match(/\{\{resolve:[^}]*\}\}/g) ?? [];
    expect(resolved.length).toBeGreaterThan(0);
    for (const reference of resolved)
      expect(reference).toMatch(/^\{\{resolve:secretsmanager:[^}]*edge-credential/);
    expect(text).not.toMatch(/"SecretString"|"Password"|AKIA[A-Z0-9]{16}|-----BEGIN/);
  });

  it('give functions digests, never what they are of', () => {
    const variables = everyResource
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .flatMap(({ Properties }) => Object.entries(Properties?.Environment?.Variables ?? {}));
    expect(JSON.stringify(variables)).not.toContain('{{resolve:');
    const secret = variables.filter(([name]) => /TOKEN|CREDENTIAL|SECRET/.test(name));
    expect(secret.length).toBeGreaterThan(2);
    for (const [, value] of secret) expect(value).toEqual({ 'Fn::GetAtt': [expect.any(String), 'Digests'] });
  });

  it('show the edge credential to the CDN alone', () => {
    const holders = everyResource.filter((resource) => JSON.stringify(resource).includes('{{resolve:'));
    expect(new Set(holders.map(({ Type }) => Type))).toEqual(new Set(['AWS::CloudFront::Distribution']));
  });
});

it.each<[Partial<DeploymentConfig>, string]>([
  [{ throttle: { serve: { requestsPerSecond: 0, burst: 1 } } }, 'throttle.serve: wanted numbers above 0'],
  [{ webAcl: { controlRequestsPerFiveMinutes: 1 } }, 'webAcl.controlRequestsPerFiveMinutes: wanted 10'],
  [{ mutualTls: { 'us-east-1': MUTUAL_TLS } }, 'mutualTls: wanted regions of the deployment, got us-east-1'],
])('refuses %j', (config, message) => {
  expect(() => checkDeployment({ ...CONFIG, ...config })).toThrow(message);
});
