import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { EventKey } from '../../origin/candidate';
import type { EventEntry, EventHead } from '../../origin/events/event-record';
import type { Clock } from '../../origin/ports/clock';
import type { EventStore } from '../../origin/ports/event-store';
import { text, whole, type Item } from './candidate-item';
import {
  ENTRY_SORT_PREFIX,
  eventPartition,
  HEAD_SORT_KEY,
  PARTITION_KEY,
  SORT_KEY,
  tenantPartition,
} from './schema';

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

/** Items in one BatchGetItem. */
const BATCH_MAX = 100;

const REVISION = 'revision';
const VERSION = 'version';
/** JSON of a head or of an entry. */
const VALUE = 'value';

/** Events in a DynamoDB table that is one for all regions. */
export function dynamoDbEvents({ table, reader, writer }: EventTable, clock: Clock): EventStore {
  return {
    async read(key, knownRevision) {
      if (knownRevision !== undefined && (await revisionOf(reader, table, key)) === knownRevision)
        return 'unchanged';
      const items = await query(reader, table, eventPartition(key));
      const head = items.shift();
      if (head?.[SORT_KEY]?.S !== HEAD_SORT_KEY) return undefined;
      return {
        head: headOf(head),
        entries: items.map((item) => JSON.parse(text(item, VALUE)) as EventEntry),
      };
    },

    async list(tenant, limit) {
      const events = await query(reader, table, tenantPartition(tenant));
      const heads: EventHead[] = [];
      for (let start = 0; start < events.length && heads.length < limit; start += BATCH_MAX) {
        const names = events.slice(start, start + BATCH_MAX).map((item) => text(item, SORT_KEY));
        heads.push(...(await headsOf(reader, table, tenant, names)));
      }
      const there = ({ expiresAtMs }: EventHead) => expiresAtMs === undefined || expiresAtMs > clock.nowMs();
      return heads.filter(there).slice(0, limit);
    },

    async writeHead(head, expectedRevision) {
      // The tenant's list first: an event that is there is always found, one that is not is left out of the list.
      if (expectedRevision === 0) await listEvent(writer, table, head);
      try {
        await writer.send(
          new PutItemCommand({
            TableName: table,
            Item: headItem(head),
            ConditionExpression:
              expectedRevision === 0 ? 'attribute_not_exists(#pk)' : '#revision = :expected',
            ...(expectedRevision === 0
              ? { ExpressionAttributeNames: { '#pk': PARTITION_KEY } }
              : {
                  ExpressionAttributeNames: { '#revision': REVISION },
                  ExpressionAttributeValues: { ':expected': { N: expectedRevision.toString() } },
                }),
          }),
        );
        return 'written';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'conflict';
        throw error;
      }
    },

    async append(key, entry, versionBump) {
      try {
        await writer.send(appendCommand(table, key, entry, versionBump));
        return 'appended';
      } catch (error) {
        const failed = conditionsFailed(error);
        if (failed === undefined) throw error;
        // In the order of the command's items: the entry, then the head.
        return failed[1] === true ? 'no-event' : 'exists';
      }
    },
  };
}

function appendCommand(table: string, key: EventKey, entry: EventEntry, versionBump: 0 | 1) {
  return new TransactWriteItemsCommand({
    TransactItems: [
      {
        Put: {
          TableName: table,
          Item: {
            [PARTITION_KEY]: { S: eventPartition(key) },
            [SORT_KEY]: { S: ENTRY_SORT_PREFIX + entry.id },
            [VALUE]: { S: JSON.stringify(entry) },
          },
          ConditionExpression: 'attribute_not_exists(#pk)',
          ExpressionAttributeNames: { '#pk': PARTITION_KEY },
        },
      },
      {
        Update: {
          TableName: table,
          Key: headKey(key),
          UpdateExpression: 'ADD #revision :one, #version :bump',
          ConditionExpression: 'attribute_exists(#pk)',
          ExpressionAttributeNames: { '#pk': PARTITION_KEY, '#revision': REVISION, '#version': VERSION },
          ExpressionAttributeValues: { ':one': { N: '1' }, ':bump': { N: versionBump.toString() } },
        },
      },
    ],
  });
}

/** For each item of a cancelled transaction whether its condition failed; undefined when it was something else. */
function conditionsFailed(error: unknown): readonly boolean[] | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const failed = (error.CancellationReasons ?? []).map(({ Code }) => Code === 'ConditionalCheckFailed');
  return failed.includes(true) ? failed : undefined;
}

async function revisionOf(client: DynamoDBClient, table: string, key: EventKey): Promise<number | undefined> {
  const { Item: found } = await client.send(
    new GetItemCommand({
      TableName: table,
      Key: headKey(key),
      ConsistentRead: true,
      ProjectionExpression: '#revision',
      ExpressionAttributeNames: { '#revision': REVISION },
    }),
  );
  return found === undefined ? undefined : whole(found, REVISION);
}

async function query(client: DynamoDBClient, table: string, partition: string): Promise<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': PARTITION_KEY },
      ExpressionAttributeValues: { ':pk': { S: partition } },
    },
  );
  const items: Item[] = [];
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}

async function listEvent(client: DynamoDBClient, table: string, { tenant, event }: EventKey): Promise<void> {
  const listed = { [PARTITION_KEY]: { S: tenantPartition(tenant) }, [SORT_KEY]: { S: event } };
  await client.send(new PutItemCommand({ TableName: table, Item: listed }));
}

/** Heads of up to {@link BATCH_MAX} events in the order of `events`; those that are not there are left out. */
async function headsOf(client: DynamoDBClient, table: string, tenant: string, events: readonly string[]) {
  const found = new Map<string, EventHead>();
  let wanted: Item[] = events.map((event) => headKey({ tenant, event }));
  while (wanted.length > 0) {
    const answer: BatchGetItemCommandOutput = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: wanted, ConsistentRead: true } } }),
    );
    for (const head of (answer.Responses?.[table] ?? []).map(headOf)) found.set(head.event, head);
    wanted = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return events.flatMap((event) => found.get(event) ?? []);
}

function headKey(key: EventKey) {
  return { [PARTITION_KEY]: { S: eventPartition(key) }, [SORT_KEY]: { S: HEAD_SORT_KEY } };
}

/** Counters are attributes of their own, because appends add to them; in the JSON they would go stale. */
function headItem(head: EventHead): Item {
  return {
    ...headKey(head),
    [REVISION]: { N: head.revision.toString() },
    [VERSION]: { N: head.version.toString() },
    [VALUE]: { S: JSON.stringify(head) },
  };
}

function headOf(item: Item): EventHead {
  const head = JSON.parse(text(item, VALUE)) as EventHead;
  return { ...head, revision: whole(item, REVISION), version: whole(item, VERSION) };
}
