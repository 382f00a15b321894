import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { cancelSource, NEVER } from '../../../origin/ports/cancel';
import { dynamoDbCandidates } from '../../../stores/aws/candidates';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleCandidate } from '../../support/samples';

/** Waiting sends nothing. */
const UNUSED = new DynamoDBClient({ region: 'us-east-1' });

/** When a reader who waits for a change that is expected at `expectedMs` looks again, up to 2 s from now. */
async function looks(expectedMs: number | undefined, untilMs = NOW_MS + 2000): Promise<number[]> {
  const clock = new FakeClock(NOW_MS);
  const store = dynamoDbCandidates(UNUSED, 'candidates', clock);
  const at: number[] = [];
  while (clock.nowMs() < untilMs) {
    const looked = store.awaitChange(sampleCandidate(), untilMs, NEVER, expectedMs).then(() => clock.nowMs());
    const steps = { done: false };
    void looked.then(() => (steps.done = true));
    while (!steps.done) await clock.advance(1);
    at.push((await looked) - NOW_MS);
  }
  return at;
}

describe('DynamoDB wakes nobody, so a held request looks again', () => {
  it('for the first time 150 ms before the change is expected, then every 50 ms', async () => {
    expect(await looks(NOW_MS + 1800)).toEqual([1650, 1700, 1750, 1800, 1850, 1900, 1950, 2000]);
  });

  it('every 50 ms where it is expected any moment', async () => {
    expect((await looks(undefined, NOW_MS + 200)).slice(0, 4)).toEqual([50, 100, 150, 200]);
  });

  it('not after the end of the wait', async () => {
    expect(await looks(NOW_MS + 60_000)).toEqual([2000]);
  });

  it('no more once the client has left', async () => {
    const clock = new FakeClock(NOW_MS);
    const client = cancelSource();
    const store = dynamoDbCandidates(UNUSED, 'candidates', clock);
    const change = store.awaitChange(sampleCandidate(), NOW_MS + 5000, client, NOW_MS + 4000);
    client.cancel();
    await change;
    expect([clock.nowMs(), clock.sleeping]).toEqual([NOW_MS, 0]);
  });
});
