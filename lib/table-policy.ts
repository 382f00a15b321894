import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { TablePolicyProperties } from '../lambdas/table-policy/environment';
import { OriginFunction } from './origin-function';

export interface TablePolicyProps {
  /** Of a replica in the stack's own region. */
  readonly tableArn: string;
  readonly statements: readonly PolicyStatement[];
}

/**
 * The policy of one replica of a global table, from the cell that it is in. CloudFormation takes none for a replica of
 * another region while it makes it, so one deployment could not do both; and `TableV2` gives every replica the same.
 */
export class TablePolicy extends Construct {
  constructor(scope: Construct, id: string, { tableArn, statements }: TablePolicyProps) {
    super(scope, id);
    const policy = new OriginFunction(this, 'Function', {
      room: 'table-policy',
      description: 'Puts the policy of a replica, at deployment only',
      memorySize: 256,
      timeout: Duration.seconds(60),
      policy: [
        new PolicyStatement({
          actions: ['dynamodb:PutResourcePolicy', 'dynamodb:DeleteResourcePolicy'],
          resources: [tableArn],
        }),
      ],
    });
    const properties: TablePolicyProperties = {
      TableArn: tableArn,
      Policy: Stack.of(this).toJsonString(new PolicyDocument({ statements: [...statements] })),
    };
    new CustomResource(this, 'Policy', {
      serviceToken: policy.functionArn,
      resourceType: 'Custom::TablePolicy',
      properties: { ...properties },
    });
  }
}
