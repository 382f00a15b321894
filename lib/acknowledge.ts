import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { DOCUMENTS_PREFIX, SEGMENTS_PREFIX } from '../stores/aws/schema';
import type { DeploymentNames } from './deployment';

/** Findings of cdk-nag that are meant to be so, each with its reason; any other finding fails synthesis. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(construct).acknowledge({ id, reason });
}

/**
 * The only wildcards of all policies: the objects below a prefix, in the regions of the deployment. IAM has no other way
 * to name keys that do not exist yet.
 */
export function acknowledgeObjectPrefixes(
  construct: IConstruct,
  names: DeploymentNames,
  regions: readonly string[],
): void {
  for (const region of regions)
    for (const prefix of [SEGMENTS_PREFIX, DOCUMENTS_PREFIX])
      acknowledge(construct, {
        [`AwsSolutions-IAM5[Resource::${findingOf(construct, names.bucketArn(region))}/${prefix}*]`]:
          'Objects of one prefix of one bucket of ours.',
      });
}

/** As cdk-nag writes it: a reference to a pseudo parameter is `<AWS::AccountId>`. */
export function findingOf(construct: IConstruct, arn: string): string {
  const resolved: unknown = Stack.of(construct).resolve(arn);
  if (typeof resolved === 'string') return resolved;
  const { 'Fn::Join': join } = resolved as { 'Fn::Join': [string, (string | { Ref: string })[]] };
  return join[1].map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join(join[0]);
}
