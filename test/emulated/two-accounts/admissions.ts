import { App } from 'aws-cdk-lib';
import { addStacks } from '../../../lib/headwater-app';
import { SERVE_ACCOUNT, TWO_ACCOUNTS } from './accounts';

export interface Admission {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Principal: { readonly AWS: string };
  readonly Condition: {
    readonly ArnEquals: { readonly 'aws:PrincipalArn': readonly string[] };
    readonly 'ForAllValues:StringLike'?: { readonly 'dynamodb:LeadingKeys': readonly string[] };
  };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** What the templates of regions let the serve account do, by region: statements of tables' policies and of buckets'. */
export function admissions(): Readonly<Record<string, { tables: Admission[]; bucket: Admission[] }>> {
  const context = { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:enablePartitionLiterals': true };
  const app = new App({ context });
  addStacks(app, TWO_ACCOUNTS, undefined);
  const assembly = app.synth();
  return Object.fromEntries(
    TWO_ACCOUNTS.regions.map((region) => {
      const { Resources } = assembly.getStackByName(`${TWO_ACCOUNTS.name}-${region}`).template as {
        Resources: Record<string, Resource>;
      };
      const all = Object.values(Resources);
      const tables = all.flatMap(({ Type, Properties }) => {
        if (Type === 'Custom::TablePolicy') return statementsOf(JSON.parse(atHome(Properties['Policy'])));
        const { PolicyDocument } = (Properties['ResourcePolicy'] ?? {}) as { PolicyDocument?: unknown };
        return Type === 'AWS::DynamoDB::Table' ? statementsOf(PolicyDocument) : [];
      });
      const bucket = all.flatMap(({ Type, Properties }) =>
        Type === 'AWS::S3::BucketPolicy' ? statementsOf(Properties['PolicyDocument']) : [],
      );
      return [region, { tables, bucket }];
    }),
  );
}

/** The emulator replicates no table: events are read in the home region, from everywhere. */
function atHome(policy: unknown): string {
  const [home] = TWO_ACCOUNTS.regions;
  return (policy as string).replace(/(?<=:dynamodb:)[a-z0-9-]+/g, home);
}

function statementsOf(document: unknown): Admission[] {
  const { Statement = [] } = (document ?? {}) as { Statement?: Admission[] };
  return Statement.filter(({ Principal }) => JSON.stringify(Principal).includes(SERVE_ACCOUNT));
}
