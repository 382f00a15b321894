import { runInNewContext } from 'node:vm';
import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { contentSecurityPolicy } from '../../console/files';
import { checkDeployment } from '../../lib/deployment';
import { addStacks } from '../../lib/headwater-app';
import { CONFIG, LITERAL_ARNS } from './templates';

const app = new App({ context: { 'aws:cdk:bundling-stacks': [], ...LITERAL_ARNS } });
addStacks(app, { ...CONFIG, console: {} }, undefined);
// As bin/app.ts does: a finding that nobody acknowledged ends the synthesis.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const assembly = app.synth();
const site = Template.fromJSON(assembly.getStackByName('sports-console').template as object);

describe('the console behind CloudFront', () => {
  it('has the control plane under its own name, uncached, with every method', () => {
    site.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        CacheBehaviors: [
          {
            PathPattern: '/control/*',
            AllowedMethods: Match.arrayWith(['PUT', 'POST', 'DELETE']),
            // Managed: CachingDisabled; AllViewerExceptHostHeader.
            CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
            OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
            ViewerProtocolPolicy: 'https-only',
          },
        ],
      },
    });
  });

  it('keeps its pages in a bucket that nobody reads but the distribution', () => {
    site.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAccess: Match.absent(), BlockPublicPolicy: true },
    });
    site.resourceCountIs('AWS::CloudFront::OriginAccessControl', 1);
  });

  it("sends the embedded run's policy, with the CDN as the one other origin", () => {
    const [policy] = Object.values(site.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
    const told = JSON.stringify(policy);
    const [before, after] = contentSecurityPolicy({ liveUrl: 'LIVE' }).split('LIVE');
    expect(told).toContain(before);
    expect(told).toContain(after);
    expect(told).toContain('no-referrer');
  });

  it.each([
    ['/console/', '/console/index.html'],
    ['/console/player.html', '/console/player.html'],
    ['/', 302],
    ['/console', 302],
  ])('answers %s with %s', (uri, wanted) => {
    const [found] = Object.values(site.findResources('AWS::CloudFront::Function')) as {
      Properties: { FunctionCode: string };
    }[];
    const answer = runInNewContext(`${found!.Properties.FunctionCode}; handler({ request: { uri } })`, {
      uri,
    }) as { uri?: string; statusCode?: number };
    expect(answer.uri ?? answer.statusCode).toBe(wanted);
  });

  it.each([
    ['a CDN of your own without its origin', { edge: false as const, console: {} }, 'console.liveUrl'],
    ['names without a certificate', { console: { domainNames: ['ops.example'] } }, 'console.certificateArn'],
  ])('refuses %s', (_, config, member) => {
    expect(() => checkDeployment({ ...CONFIG, ...config })).toThrow(member);
  });
});
