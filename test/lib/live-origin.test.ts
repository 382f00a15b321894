import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LiveOrigin, type DeploymentConfig } from '../../lib';

function originOf(config: Partial<DeploymentConfig> = {}) {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Sports', { env: { account: '123456789012', region: 'eu-west-1' } });
  const deployment: DeploymentConfig = { name: 'sports', regions: ['eu-west-1'], edge: false, ...config };
  const origin = new LiveOrigin(stack, 'Origin', { deployment });
  const role = new Role(stack, 'Archive', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  return { stack, origin, role };
}

/** Actions of the policy of `role`, which somebody else's code made. */
function granted(stack: Stack): string[] {
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
  const [own] = Object.entries(policies).filter(([id]) => id.startsWith('ArchiveDefaultPolicy'));
  const { Properties } = own?.[1] as {
    Properties: { PolicyDocument: { Statement: { Action: string | string[] }[] } };
  };
  return Properties.PolicyDocument.Statement.flatMap(({ Action }) => Action).sort();
}

describe('a live origin in somebody else’s stack', () => {
  it('grantReadSegments: candidates and bytes, nothing to change either', () => {
    const { stack, origin, role } = originOf();
    origin.grantReadSegments(role);
    const actions = granted(stack);
    expect(actions).toEqual(expect.arrayContaining(['dynamodb:Query', 's3:GetObject*']));
    expect(actions.filter((action) => /Put|Delete|Update|Write/.test(action))).toEqual([]);
  });

  it('grantControl: calls of the control plane, where IAM is who operators show', () => {
    const { stack, origin, role } = originOf({ controlAuthorization: 'iam' });
    origin.grantControl(role);
    expect(granted(stack)).toEqual(['execute-api:Invoke']);
  });

  it('grantControl: says so where operators show tokens', () => {
    const { origin, role } = originOf();
    expect(() => origin.grantControl(role)).toThrow("controlAuthorization: 'iam'");
  });

  it('metric: what the function that counts it counts, in its region', () => {
    const { origin } = originOf();
    const metric = origin.metric('Missing', { tenant: 'acme', event: 'final', pipeline: 'a' });
    expect([metric.namespace, metric.region, metric.statistic, metric.dimensions]).toEqual([
      'Headwater/sports',
      'eu-west-1',
      'Sum',
      { service: 'sweep', tenant: 'acme', event: 'final', pipeline: 'a' },
    ]);
  });
});
