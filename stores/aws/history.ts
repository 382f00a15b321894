import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { EventKey } from '../../origin/candidate';
import { HISTORY_KEPT_MS, type ChangeRecord } from '../../origin/events/change-record';
import type { Clock } from '../../origin/ports/clock';
import type { EventStore } from '../../origin/ports/event-store';
import { text, type Item } from './candidate-item';
import type { EventTable } from './event-table';
import { historyPartition, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from './schema';

/** JSON of a change. */
const VALUE = 'value';

/** Changes of events, in partitions that nothing on the live path reads. */
export function dynamoDbHistory(
  { table, reader, writer }: EventTable,
  clock: Clock,
): Pick<EventStore, 'record' | 'history'> {
  return {
    async record(key, change) {
      await writer.send(new PutItemCommand({ TableName: table, Item: changeItem(key, change) }));
    },

    async history(key, { before, limit }) {
      const { Items = [] } = await reader.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
          KeyConditionExpression: `#pk = :pk${before === undefined ? '' : ' AND #sk < :before'}`,
          ExpressionAttributeNames: {
            '#pk': PARTITION_KEY,
            ...(before !== undefined && { '#sk': SORT_KEY }),
          },
          ExpressionAttributeValues: {
            ':pk': { S: historyPartition(key) },
            ...(before !== undefined && { ':before': { S: before } }),
          },
        }),
      );
      return Items.map((item) => JSON.parse(text(item, VALUE)) as ChangeRecord).filter(
        ({ atMs }) => atMs >= clock.nowMs() - HISTORY_KEPT_MS,
      );
    },
  };
}

export function changeItem(key: EventKey, change: ChangeRecord): Item {
  return {
    [PARTITION_KEY]: { S: historyPartition(key) },
    [SORT_KEY]: { S: change.id },
    [VALUE]: { S: JSON.stringify(change) },
    [TTL_ATTRIBUTE]: { N: Math.ceil((change.atMs + HISTORY_KEPT_MS) / 1000).toString() },
  };
}
