import type { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { changeOfHead } from '../../../origin/events/change-record';
import { dynamoDbEvents } from '../../../stores/aws/events';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleHead } from '../../support/samples';

/** Partitions that writing a head touches. */
async function touched(action: 'created' | 'replaced' | 'ended' | 'deleted'): Promise<readonly string[]> {
  const partitions: string[] = [];
  const send = async ({ input }: TransactWriteItemsCommand) => {
    for (const { Put } of input.TransactItems ?? []) partitions.push(Put?.Item?.['pk']?.S ?? '');
    return Promise.resolve({});
  };
  const client = { send } as unknown as DynamoDBClient;
  const store = dynamoDbEvents({ table: 'events', reader: client, writer: client }, new FakeClock(NOW_MS));
  const head = sampleHead();
  await store.writeHead(head, 1, changeOfHead(action, head, head, { by: 'a', reason: '' }));
  return partitions;
}

describe('the lists of events', () => {
  it.each(['created', 'ended', 'deleted'] as const)('are written with a head that is %s', async (action) => {
    expect(await touched(action)).toEqual([
      'event#acme#final',
      'tenant#acme',
      'events',
      'event#acme#final#history',
    ]);
  });

  it('are left alone by who replaces a head: packagers whose MPD makes an event have no right to them', async () => {
    expect(await touched('replaced')).toEqual(['event#acme#final', 'event#acme#final#history']);
  });
});
