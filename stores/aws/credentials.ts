import { GetItemCommand, paginateQuery, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { Credential, CredentialStore } from '../../origin/ports/event-store';
import { text } from './candidate-item';
import type { EventTable } from './event-table';
import {
  CREDENTIAL_SORT_KEY,
  credentialPartition,
  eventCredentialsPartition,
  PARTITION_KEY,
  SORT_KEY,
} from './schema';

const VALUE = 'value';

/** Publishers' credentials in the events table: one item by digest for the authorizer, one by event for operators. */
export function dynamoDbCredentials({ table, reader, writer }: EventTable): CredentialStore {
  return {
    async findByDigest(secretDigest) {
      const { Item } = await reader.send(
        new GetItemCommand({
          TableName: table,
          Key: {
            [PARTITION_KEY]: { S: credentialPartition(secretDigest) },
            [SORT_KEY]: { S: CREDENTIAL_SORT_KEY },
          },
          ConsistentRead: true,
        }),
      );
      return Item === undefined ? undefined : (JSON.parse(text(Item, VALUE)) as Credential);
    },

    async put(credential) {
      const value = { [VALUE]: { S: JSON.stringify(credential) } };
      const keys = [
        [credentialPartition(credential.secretDigest), CREDENTIAL_SORT_KEY],
        [eventCredentialsPartition(credential), `${credential.pipeline}#${credential.id}`],
      ] as const;
      await writer.send(
        new TransactWriteItemsCommand({
          TransactItems: keys.map(([partition, sort]) => ({
            Put: {
              TableName: table,
              Item: { [PARTITION_KEY]: { S: partition }, [SORT_KEY]: { S: sort }, ...value },
            },
          })),
        }),
      );
    },

    async ofEvent(key) {
      const pages = paginateQuery(
        { client: reader },
        {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: '#pk = :pk',
          ExpressionAttributeNames: { '#pk': PARTITION_KEY },
          ExpressionAttributeValues: { ':pk': { S: eventCredentialsPartition(key) } },
        },
      );
      const found: Credential[] = [];
      for await (const { Items = [] } of pages)
        found.push(...Items.map((item) => JSON.parse(text(item, VALUE)) as Credential));
      return found;
    },
  };
}
