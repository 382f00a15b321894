import type { Template } from 'aws-cdk-lib/assertions';
import type { DeploymentConfig } from '../../lib/deployment';
import { functionNamed, statementsOf, templatesOf, TWO_ACCOUNTS } from './templates';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const PROVISIONED = [{ from: '2026-06-13T18:30:00Z', to: '2026-06-13T22:00:00Z', serve: 50, ingest: 20 }];

/** Every way to deploy must keep the promises below. */
const OPTIONS: readonly (readonly [string, Partial<DeploymentConfig>])[] = [
  ['as it comes', {}],
  ['with a function URL', { serveThrough: 'function-url' }],
  ['with provisioned windows', { provisioned: PROVISIONED }],
  ['with a hot tier', { hotZones: { 'eu-west-1': 'euw1-az1' } }],
  ['without a CDN', { edge: false }],
  ['with an account for serve', TWO_ACCOUNTS],
];

const resourcesOf = (template: Template, type: string) =>
  Object.entries(template.toJSON()['Resources'] as Record<string, Resource>).filter(
    ([, { Type }]) => Type === type,
  );

/** Ids of the APIs whose methods call a function whose logical id has `name`, or an alias of it. */
function apisCalling(template: Template, name: RegExp): string[] {
  const calling = resourcesOf(template, 'AWS::ApiGateway::Method').filter(([, { Properties }]) =>
    name.test(JSON.stringify(Properties['Integration'])),
  );
  return [...new Set(calling.map(([, { Properties }]) => JSON.stringify(Properties['RestApiId'])))];
}

describe.each(OPTIONS)('%s, publish and serve share nothing that runs out', (_, config) => {
  const { home, away, serveHome = home, serveAway = away } = templatesOf(config);

  describe.each([
    ['home', home, serveHome],
    ['away', away, serveAway],
  ])('%s', (__, template, serveTemplate) => {
    const serveName = serveTemplate === template ? 'FunctionsServe' : 'ServeFunction';
    const ingest = functionNamed(template, 'FunctionsIngest');
    const serve = functionNamed(serveTemplate, serveName);

    it('no API', () => {
      const publishing = apisCalling(template, /Ingest/);
      const serving = apisCalling(serveTemplate, /Serve/);
      expect(publishing).toHaveLength(1);
      expect(serving).toHaveLength(config.serveThrough === 'function-url' ? 0 : 1);
      expect(publishing).not.toEqual(serving);
    });

    it('no role, and no policy is attached to both', () => {
      expect(ingest.Role).not.toEqual(serve.Role);
      const roles = [template, serveTemplate].flatMap((each) =>
        resourcesOf(each, 'AWS::IAM::Policy').map(([, { Properties }]) => Properties['Roles']),
      );
      for (const each of roles) expect(each).toHaveLength(1);
    });

    it('no concurrency: each has its own set aside', () => {
      const reserved = [ingest, serve].map((each) => each['ReservedConcurrentExecutions']);
      expect(reserved).toEqual([100, 400]);
    });

    it('no log group', () => {
      expect(ingest['LoggingConfig']).toBeDefined();
      expect(ingest['LoggingConfig']).not.toEqual(serve['LoggingConfig']);
    });

    it('no right to call one another', () => {
      const rights = [statementsOf(template, 'FunctionsIngest'), statementsOf(serveTemplate, serveName)];
      expect(JSON.stringify(rights)).not.toContain('lambda:');
    });
  });
});

describe.each(OPTIONS)('%s, a cell deploys and goes alone', (_, config) => {
  const { home, away } = templatesOf(config);

  it.each([
    ['home', home],
    ['away', away],
  ])('%s refers to no other stack, and offers none a reference', (__, template) => {
    const text = JSON.stringify(template.toJSON());
    expect(text).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput|ExportsReader|ExportsWriter/);
    const outputs = Object.values(
      (template.toJSON()['Outputs'] ?? {}) as Record<string, { Export?: unknown }>,
    );
    expect(outputs.length).toBeGreaterThan(0);
    expect(outputs.filter((output) => output.Export !== undefined)).toEqual([]);
  });
});
