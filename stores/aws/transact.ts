import {
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type DynamoDBClient,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { NEVER } from '../../origin/ports/cancel';
import type { Clock } from '../../origin/ports/clock';

/**
 * At the start of an event every representation's init wants to append to the same head at once, and of two transactions
 * on one item DynamoDB cancels one. Doubling from 10 ms, nine tries spread over 5 s.
 */
const TRIES_MAX = 9;
const FIRST_PAUSE_MS = 10;

/** Of the reasons of a cancelled transaction, those that pass. The SDK tries none of them again by itself. */
const PASSING = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/**
 * Writes all items or none; tries again where another transaction was on the same items, or where DynamoDB was throttling.
 * @returns undefined once written; otherwise for each item whether its condition failed.
 * @throws what DynamoDB throws for other reasons.
 */
export async function transact(
  client: DynamoDBClient,
  clock: Clock,
  TransactItems: TransactWriteItem[],
): Promise<readonly boolean[] | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems }));
      return undefined;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
      if (codes.includes('ConditionalCheckFailed'))
        return codes.map((code) => code === 'ConditionalCheckFailed');
      if (!codes.some((code) => PASSING.includes(code ?? '')) || attempt === TRIES_MAX) throw error;
      await clock.sleepUntil(clock.nowMs() + FIRST_PAUSE_MS * 2 ** attempt, NEVER);
    }
  }
}
