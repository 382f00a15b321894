import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { DeploymentConfig } from '../../lib/deployment';
import { addStacks, EMULATED_CONTEXT } from '../../lib/headwater-app';

export const CONFIG: DeploymentConfig = { name: 'sports', regions: ['eu-west-1', 'eu-central-1'] };

/** Where serve has an account of its own. */
export const TWO_ACCOUNTS = { account: '111111111111', serveAccount: '222222222222' } as const;

export interface Templates {
  readonly home: Template;
  readonly away: Template;
  readonly edge: Template | undefined;
  readonly edgeSync: Template | undefined;
  /** Of home and away, where serve has an account of its own. */
  readonly serveHome: Template | undefined;
  readonly serveAway: Template | undefined;
}

/** As in cdk.json: ARNs of regions that are known have no reference in them. */
export const LITERAL_ARNS = { '@aws-cdk/core:enablePartitionLiterals': true };

/** The templates of a deployment of two regions. Functions are not bundled: synth.test.ts does that, once. */
export function templatesOf(
  config: Partial<DeploymentConfig> = {},
  emulated = false,
  context: Readonly<Record<string, unknown>> = {},
): Templates {
  const app = new App({
    context: {
      'aws:cdk:bundling-stacks': [],
      ...(emulated && { [EMULATED_CONTEXT]: 'true' }),
      ...context,
    },
  });
  addStacks(app, { ...CONFIG, ...config }, undefined);
  const assembly = app.synth();
  const template = (id: string) => Template.fromJSON(assembly.getStackByName(id).template as object);
  const ifMade = (id: string) =>
    assembly.stacks.some(({ stackName }) => stackName === id) ? template(id) : undefined;
  return {
    home: template('sports-eu-west-1'),
    away: template('sports-eu-central-1'),
    edge: ifMade('sports-edge'),
    edgeSync: ifMade('sports-edge-sync'),
    serveHome: ifMade('sports-serve-eu-west-1'),
    serveAway: ifMade('sports-serve-eu-central-1'),
  };
}

export interface FunctionProperties {
  readonly Description: string;
  readonly Role: { readonly 'Fn::GetAtt': readonly [string, string] };
  readonly Handler: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly [name: string]: unknown;
}

/** The one function whose logical id contains `name`. */
export function functionNamed(template: Template, name: string): FunctionProperties {
  const found = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
    id.includes(name),
  );
  const [only] = found;
  if (found.length !== 1 || only === undefined)
    throw new Error(`function ${name}: wanted one, got ${found.map(([id]) => id).join(', ')}`);
  return (only[1] as { Properties: FunctionProperties }).Properties;
}

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Effect: string;
  readonly Condition?: unknown;
}

/** Everything that the role of a function may do. */
export function statementsOf(template: Template, name: string): Statement[] {
  const [role] = functionNamed(template, name).Role['Fn::GetAtt'];
  const policies = template.findResources('AWS::IAM::Policy', {
    Properties: { Roles: Match.arrayWith([{ Ref: role }]) },
  });
  return Object.values(policies).flatMap(
    (policy) =>
      (policy as { Properties: { PolicyDocument: { Statement: Statement[] } } }).Properties.PolicyDocument
        .Statement,
  );
}

export function actionsOf(template: Template, name: string): string[] {
  return [...new Set(statementsOf(template, name).flatMap(({ Action }) => Action))].sort();
}
