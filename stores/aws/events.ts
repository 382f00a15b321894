import {
  BatchGetItemCommand,
  GetItemCommand,
  paginateQuery,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { EventKey } from '../../origin/candidate';
import { changeOfEntry } from '../../origin/events/change-record';
import type { EventEntry, EventHead } from '../../origin/events/event-record';
import type { Clock } from '../../origin/ports/clock';
import type { EventStore } from '../../origin/ports/event-store';
import { text, whole, type Item } from './candidate-item';
import type { EventTable } from './event-table';
import {
  ENTRY_SORT_PREFIX,
  eventName,
  eventPartition,
  EVENTS_PARTITION,
  HEAD_SORT_KEY,
  PARTITION_KEY,
  SORT_KEY,
  tenantPartition,
  TTL_ATTRIBUTE,
} from './schema';
import { changeItem, dynamoDbHistory } from './history';
import { transact } from './transact';

/** Items in one BatchGetItem. */
const BATCH_MAX = 100;
/** Items in one TransactWriteItems. */
const TRANSACTION_MAX = 100;

const REVISION = 'revision';
const VERSION = 'version';
/** JSON of a head or of an entry. */
const VALUE = 'value';

/** Events in a DynamoDB table that is one for all regions. */
export function dynamoDbEvents({ table, reader, writer }: EventTable, clock: Clock): EventStore {
  const list = async (partition: string, keyOf: (sortKey: string) => EventKey, limit: number) => {
    const listed = (await query(reader, table, partition)).map((item) => keyOf(text(item, SORT_KEY)));
    const living: EventHead[] = [];
    for (let start = 0; start < listed.length && living.length < limit; start += BATCH_MAX) {
      const heads = await headsOf(reader, table, listed.slice(start, start + BATCH_MAX));
      living.push(...heads.filter(({ expiresAtMs = Infinity }) => expiresAtMs > clock.nowMs()));
    }
    return living.slice(0, limit);
  };

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

    list: (tenant, limit) => list(tenantPartition(tenant), (event) => ({ tenant, event }), limit),

    listLive: (limit) =>
      list(
        EVENTS_PARTITION,
        (name) => {
          const [tenant = '', event = ''] = name.split('#');
          return { tenant, event };
        },
        limit,
      ),

    async writeHead(head, expectedRevision, change) {
      const items = [headPut(table, head, expectedRevision)];
      // A living event is listed already: who replaces a head need have no right to the lists.
      if (change?.action !== 'replaced') items.push(...listingItems(table, head));
      if (change !== undefined) items.push({ Put: { TableName: table, Item: changeItem(head, change) } });
      const failed = await transact(writer, clock, items);
      return failed === undefined ? 'written' : 'conflict';
    },

    async append(key, entry, versionBump, expectedRevision) {
      const items = appendItems(table, key, entry, versionBump, expectedRevision);
      const failed = await transact(writer, clock, items);
      if (failed === undefined) return 'appended';
      // In the order of the transaction's items: the entry, then the head.
      const [entryIsThere, headIsAnother] = failed;
      if (headIsAnother === true && expectedRevision === undefined) return 'no-event';
      if (entryIsThere === true) return 'exists';
      return (await revisionOf(writer, table, key)) === undefined ? 'no-event' : 'conflict';
    },

    async replace(key, entry) {
      const items = [entryItem(table, key, entry), headUpdate(table, key, 0)];
      return (await transact(writer, clock, items)) === undefined ? 'replaced' : 'no-event';
    },

    retire: (key, ids) => retire({ table, writer }, clock, key, ids),

    ...dynamoDbHistory({ table, reader, writer }, clock),
  };
}

async function retire(
  { table, writer }: Pick<EventTable, 'table' | 'writer'>,
  clock: Clock,
  key: EventKey,
  ids: readonly string[],
): Promise<void> {
  const items = ids.map((id) => ({ Delete: { TableName: table, Key: entryKey(key, id) } }));
  for (let start = 0; start < items.length; start += TRANSACTION_MAX)
    await transact(writer, clock, items.slice(start, start + TRANSACTION_MAX));
}

function headPut(table: string, head: EventHead, expectedRevision: number): TransactWriteItem {
  const condition =
    expectedRevision === 0
      ? {
          ConditionExpression: 'attribute_not_exists(#pk)',
          ExpressionAttributeNames: { '#pk': PARTITION_KEY },
        }
      : {
          ConditionExpression: '#revision = :expected',
          ExpressionAttributeNames: { '#revision': REVISION },
          ExpressionAttributeValues: { ':expected': { N: expectedRevision.toString() } },
        };
  return { Put: { TableName: table, Item: headItem(head), ...condition } };
}

/** What names an event in the lists: it expires with the event, while the head stays for its version. */
function listingItems(table: string, head: EventHead): TransactWriteItem[] {
  const { tenant, event, expiresAtMs } = head;
  const ttl = expiresAtMs !== undefined && {
    [TTL_ATTRIBUTE]: { N: Math.ceil(expiresAtMs / 1000).toString() },
  };
  const listed = (partition: string, sort: string) => ({
    Put: { TableName: table, Item: { [PARTITION_KEY]: { S: partition }, [SORT_KEY]: { S: sort }, ...ttl } },
  });
  return [listed(tenantPartition(tenant), event), listed(EVENTS_PARTITION, eventName(head))];
}

function appendItems(
  table: string,
  key: EventKey,
  entry: EventEntry,
  versionBump: 0 | 1,
  expectedRevision: number | undefined,
): TransactWriteItem[] {
  const { Put } = entryItem(table, key, entry);
  const absent = {
    ConditionExpression: 'attribute_not_exists(#pk)',
    ExpressionAttributeNames: { '#pk': PARTITION_KEY },
  };
  return [
    { Put: { ...Put, ...absent } },
    headUpdate(table, key, versionBump, expectedRevision),
    { Put: { TableName: table, Item: changeItem(key, changeOfEntry(entry)) } },
  ];
}

function entryItem(table: string, key: EventKey, entry: EventEntry) {
  const Item = { ...entryKey(key, entry.id), [VALUE]: { S: JSON.stringify(entry) } };
  return { Put: { TableName: table, Item } };
}

/** Every entry raises the head's revision, and none is written without a head. */
function headUpdate(
  table: string,
  key: EventKey,
  versionBump: 0 | 1,
  expectedRevision?: number,
): TransactWriteItem {
  const expected = expectedRevision !== undefined && { ':expected': { N: expectedRevision.toString() } };
  return {
    Update: {
      TableName: table,
      Key: headKey(key),
      UpdateExpression: 'ADD #revision :one, #version :bump',
      ConditionExpression: `attribute_exists(#pk)${expected === false ? '' : ' AND #revision = :expected'}`,
      ExpressionAttributeNames: { '#pk': PARTITION_KEY, '#revision': REVISION, '#version': VERSION },
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':bump': { N: versionBump.toString() },
        ...expected,
      },
    },
  };
}

function entryKey(key: EventKey, id: string) {
  return { [PARTITION_KEY]: { S: eventPartition(key) }, [SORT_KEY]: { S: ENTRY_SORT_PREFIX + id } };
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

/** Heads of up to {@link BATCH_MAX} events in the order of `keys`; those that are not there are left out. */
async function headsOf(client: DynamoDBClient, table: string, keys: readonly EventKey[]) {
  const found = new Map<string, EventHead>();
  let wanted: Item[] = keys.map(headKey);
  while (wanted.length > 0) {
    const answer: BatchGetItemCommandOutput = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: wanted, ConsistentRead: true } } }),
    );
    for (const head of (answer.Responses?.[table] ?? []).map(headOf)) found.set(eventPartition(head), head);
    wanted = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return keys.flatMap((key) => found.get(eventPartition(key)) ?? []);
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
