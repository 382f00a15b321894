import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A replica of the events table and who may be asked for it. */
export interface EventTable {
  readonly table: string;
  /** The nearest replica: what the live path reads. */
  readonly reader: DynamoDBClient;
  /**
   * The home region's. Conditions hold within one region only, so every write goes there; whoever must read its own
   * writes gives the same client twice.
   */
  readonly writer: DynamoDBClient;
}
