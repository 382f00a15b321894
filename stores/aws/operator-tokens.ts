import { GetItemCommand, paginateQuery, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../origin/ports/clock';
import type { OperatorToken, OperatorTokenStore } from '../../origin/ports/operator-token-store';
import { text, type Item } from './candidate-item';
import type { EventTable } from './event-table';
import {
  OPERATOR_SORT_KEY,
  operatorPartition,
  OPERATORS_PARTITION,
  PARTITION_KEY,
  SORT_KEY,
  TTL_ATTRIBUTE,
} from './schema';
import { transact } from './transact';

const VALUE = 'value';

/**
 * Operators' tokens in the events table: one item by digest for callers, one by id for the administrator. Both expire
 * with the token.
 */
export function dynamoDbOperatorTokens(
  { table, reader, writer }: EventTable,
  clock: Clock,
): OperatorTokenStore {
  const read = async (key: Item): Promise<OperatorToken | undefined> => {
    const { Item } = await reader.send(
      new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : tokenOf(Item);
  };
  return {
    findByDigest: (tokenDigest) => read(keyByDigest(tokenDigest)),

    async add(token) {
      const ttl = token.expiresAtMs !== undefined && {
        [TTL_ATTRIBUTE]: { N: Math.ceil(token.expiresAtMs / 1000).toString() },
      };
      const value = { [VALUE]: { S: JSON.stringify(token) }, ...ttl };
      await transact(
        writer,
        clock,
        bothKeys(token).map((key) => ({ Put: { TableName: table, Item: { ...key, ...value } } })),
      );
    },

    async list(limit) {
      const pages = paginateQuery(
        { client: reader },
        {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: '#pk = :pk',
          ExpressionAttributeNames: { '#pk': PARTITION_KEY },
          ExpressionAttributeValues: { ':pk': { S: OPERATORS_PARTITION } },
        },
      );
      const tokens: OperatorToken[] = [];
      for await (const { Items = [] } of pages) {
        tokens.push(...Items.map(tokenOf));
        if (tokens.length >= limit) break;
      }
      return tokens.slice(0, limit);
    },

    async remove(id) {
      const token = await read(keyById(id));
      if (token === undefined) return false;
      const removals: TransactWriteItem[] = bothKeys(token).map((key) => ({
        Delete: { TableName: table, Key: key },
      }));
      await transact(writer, clock, removals);
      return true;
    },
  };
}

function bothKeys({ tokenDigest, id }: OperatorToken): readonly [Item, Item] {
  return [keyByDigest(tokenDigest), keyById(id)];
}

function keyByDigest(tokenDigest: string): Item {
  return { [PARTITION_KEY]: { S: operatorPartition(tokenDigest) }, [SORT_KEY]: { S: OPERATOR_SORT_KEY } };
}

function keyById(id: string): Item {
  return { [PARTITION_KEY]: { S: OPERATORS_PARTITION }, [SORT_KEY]: { S: id } };
}

function tokenOf(item: Item): OperatorToken {
  return JSON.parse(text(item, VALUE)) as OperatorToken;
}
