import { text } from 'node:stream/consumers';
import { CreateTableCommand, DeleteTableCommand, GetResourcePolicyCommand } from '@aws-sdk/client-dynamodb';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { handler } from '../../lambdas/table-policy';
import { dynamoDbClient } from '../../stores/aws/clients';
import { PARTITION_KEY } from '../../stores/aws/schema';
import { BreakableServer } from '../support/breakable-server';

const TableName = 'table-policy';
const client = dynamoDbClient(process.env['AWS_REGION'] ?? '');
let tableArn = '';

beforeAll(async () => {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: PARTITION_KEY, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: PARTITION_KEY, AttributeType: 'S' }],
    }),
  );
  tableArn = TableDescription?.TableArn ?? '';
});
afterAll(() => client.destroy());

/** @returns what CloudFormation, which waits at a URL, is told. */
async function told(RequestType: 'Create' | 'Update' | 'Delete', Policy = '{"Statement":[]}') {
  const answers: unknown[] = [];
  const server = new BreakableServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      answers.push((JSON.parse(body) as { Status: unknown }).Status);
      outgoing.end();
    });
  });
  await server.up();
  await handler({
    RequestType,
    ResponseURL: server.url.href,
    ResourceProperties: { TableArn: tableArn, Policy },
  } as object as CloudFormationCustomResourceEvent);
  await server.down();
  return answers;
}

const policyOf = async () =>
  (await client.send(new GetResourcePolicyCommand({ ResourceArn: tableArn }))).Policy;

it('the function of a table’s policy puts it, changes it and takes it away again', async () => {
  expect(await told('Create')).toEqual(['SUCCESS']);
  expect(await policyOf()).toBe('{"Statement":[]}');
  const changed = '{"Version":"2012-10-17","Statement":[]}';
  expect(await told('Update', changed)).toEqual(['SUCCESS']);
  expect(await policyOf()).toBe(changed);
  expect(await told('Delete')).toEqual(['SUCCESS']);
  await expect(policyOf()).rejects.toMatchObject({ name: 'PolicyNotFoundException' });
  // A replica may be gone before the stack that put its policy.
  await client.send(new DeleteTableCommand({ TableName }));
  expect(await told('Delete')).toEqual(['SUCCESS']);
});
