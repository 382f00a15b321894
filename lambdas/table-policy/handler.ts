import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { TablePolicyProperties } from './environment';

/** The part of DynamoDB that is used. */
export interface TablePolicies {
  put(tableArn: string, policy: string): Promise<void>;
  /** A table without a policy, or no table any more, is as well. */
  remove(tableArn: string): Promise<void>;
}

/** DynamoDB takes no other policy for 15 s after it took one, as when a deployment is rolled back. */
export const ATTEMPTS_MAX = 6;
const PAUSE_MS = 4000;

/**
 * Puts a table's policy where CloudFormation cannot: on a replica, for which it takes none while it makes the replica.
 * @throws what DynamoDB throws at last.
 */
export async function applyTablePolicy(
  event: CloudFormationCustomResourceEvent,
  policies: TablePolicies,
  sleepMs: (ms: number) => Promise<void>,
): Promise<Readonly<Record<string, string>>> {
  const { TableArn, Policy } = event.ResourceProperties as object as TablePolicyProperties;
  for (let attempt = 1; ; attempt += 1)
    try {
      await (event.RequestType === 'Delete' ? policies.remove(TableArn) : policies.put(TableArn, Policy));
      return {};
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      await sleepMs(PAUSE_MS);
    }
}
