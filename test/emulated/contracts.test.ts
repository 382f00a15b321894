import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { dynamoDbCandidates } from '../../stores/aws/candidates';
import { dynamoDbClient, s3Client } from '../../stores/aws/clients';
import { dynamoDbCredentials } from '../../stores/aws/credentials';
import { s3Documents } from '../../stores/aws/documents';
import { dynamoDbEvents } from '../../stores/aws/events';
import { dynamoDbOperatorTokens } from '../../stores/aws/operator-tokens';
import { PARTITION_KEY, SORT_KEY } from '../../stores/aws/schema';
import type { UploadPlace } from '../../origin/ports/upload-store';
import { s3Segments } from '../../stores/aws/segments';
import { s3Uploads } from '../../stores/aws/uploads';
import { describeCandidateStore } from '../contracts/candidate-store.contract';
import { describeCredentialStore } from '../contracts/credential-store.contract';
import { describeDocumentStore } from '../contracts/document-store.contract';
import { describeEventStore } from '../contracts/event-store.contract';
import { describeOperatorTokenStore } from '../contracts/operator-token-store.contract';
import { describeSegmentStore } from '../contracts/segment-store.contract';
import { describeUploadStore } from '../contracts/upload-store.contract';
import { FakeClock } from '../support/fake-clock';
import { NOW_MS } from '../support/samples';

// The suites that every adapter passes, on the adapters of AWS. Tables are made here without their time to live: the
// suites' clock stands in the past, and the emulator would expire what they have just written.

const dynamoDb = dynamoDbClient('us-east-1');
const s3 = s3Client('us-east-1');
let made = 0;
let tables: string[] = [];

afterEach(async () => {
  for (const TableName of tables.splice(0)) await dynamoDb.send(new DeleteTableCommand({ TableName }));
});

afterAll(() => {
  dynamoDb.destroy();
  s3.destroy();
});

async function table(): Promise<string> {
  const TableName = `contracts-${(made += 1)}`;
  await dynamoDb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: PARTITION_KEY, KeyType: 'HASH' },
        { AttributeName: SORT_KEY, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: PARTITION_KEY, AttributeType: 'S' },
        { AttributeName: SORT_KEY, AttributeType: 'S' },
      ],
    }),
  );
  tables = [...tables, TableName];
  return TableName;
}

async function bucket(): Promise<string> {
  const Bucket = `contracts-${(made += 1)}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

const eventTable = async () => ({ table: await table(), reader: dynamoDb, writer: dynamoDb });
const byName = (name: string) => name;
const byArn = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;

// A table is named, or given by its ARN to who is of another account.
describe.each([
  ['DynamoDB', byName],
  ['DynamoDB, by ARN', byArn],
])('%s', (adapter, addressed) => {
  describeCandidateStore(adapter, async () => {
    const clock = new FakeClock(NOW_MS);
    return { store: dynamoDbCandidates(dynamoDb, addressed(await table()), clock), clock };
  });

  describeEventStore(adapter, async () => {
    const clock = new FakeClock(NOW_MS);
    const { table: name, ...clients } = await eventTable();
    return { store: dynamoDbEvents({ ...clients, table: addressed(name) }, clock), clock };
  });
});

describeCredentialStore('DynamoDB', async () => dynamoDbCredentials(await eventTable()));

describeOperatorTokenStore('DynamoDB', async () =>
  dynamoDbOperatorTokens(await eventTable(), new FakeClock(NOW_MS)),
);

describeSegmentStore('S3', async () => s3Segments(s3, await bucket(), new FakeClock(NOW_MS)));

describeUploadStore('S3', async () => {
  // Presigned URLs are dated, and S3 has only its own clock.
  const [name, clock] = [await bucket(), new FakeClock(Date.now())];
  const put = async ({ url, headers }: UploadPlace, bytes: Uint8Array) =>
    (await fetch(url, { method: 'PUT', headers, body: bytes })).status;
  return { uploads: s3Uploads(s3, name, clock), segments: s3Segments(s3, name, clock), put };
});

describeDocumentStore('S3', async () => {
  const clock = new FakeClock(NOW_MS);
  return { store: s3Documents(s3, await bucket(), clock), clock };
});
