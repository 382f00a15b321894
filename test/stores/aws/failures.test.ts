import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { NoSuchKey, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { SegmentMissing } from '../../../origin/ports/segment-store';
import { fromItem, toItem } from '../../../stores/aws/candidate-item';
import { s3Segments } from '../../../stores/aws/segments';
import { transact } from '../../../stores/aws/transact';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleBytes, sampleCandidate, sampleRef } from '../../support/samples';
import { settle } from '../../support/settle';

// What the emulator never does: conflicts and throttles, on the real clients with their last step replaced.

/** A client whose calls end with these in turn, errors or answers, and then with nothing. */
function failing<T extends DynamoDBClient | S3Client>(
  client: T,
  ...outcomes: object[]
): { client: T; calls: unknown[] } {
  const calls: unknown[] = [];
  Object.assign(client, {
    send(command: { readonly input: unknown }) {
      calls.push(command.input);
      const outcome = outcomes.shift() ?? {};
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
  });
  return { client, calls };
}

function cancelled(...codes: string[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

function s3Error(status: number): S3ServiceException {
  return new S3ServiceException({
    name: 'Conditional',
    $fault: 'client',
    $metadata: { httpStatusCode: status },
  });
}

describe('a transaction', () => {
  const conflict = () => cancelled('None', 'TransactionConflict');

  it('tries again while another one is on the same items: all inits of an event come at once', async () => {
    const clock = new FakeClock();
    const { client, calls } = failing(new DynamoDBClient({}), conflict(), conflict());
    expect(await settle(clock, transact(client, clock, []))).toBeUndefined();
    expect(calls).toHaveLength(3);
  });

  it('gives up after some seconds', async () => {
    const clock = new FakeClock();
    const { client, calls } = failing(new DynamoDBClient({}), ...Array.from({ length: 20 }, conflict));
    const failure = transact(client, clock, []).catch((error: unknown) => error);
    expect(await settle(clock, failure)).toBeInstanceOf(TransactionCanceledException);
    expect(calls).toHaveLength(9);
    expect(clock.nowMs()).toBeLessThan(6000);
  });

  it('names the items whose condition failed, even beside a conflict', async () => {
    const { client, calls } = failing(
      new DynamoDBClient({}),
      cancelled('ConditionalCheckFailed', 'TransactionConflict'),
    );
    expect(await transact(client, new FakeClock(), [])).toEqual([true, false]);
    expect(calls).toHaveLength(1);
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])('tries again on %s', async (code) => {
    const clock = new FakeClock();
    const { client, calls } = failing(new DynamoDBClient({}), cancelled('None', code));
    expect(await settle(clock, transact(client, clock, []))).toBeUndefined();
    expect(calls).toHaveLength(2);
  });

  it('passes on what it cannot help', async () => {
    const { client } = failing(new DynamoDBClient({}), cancelled('ItemCollectionSizeLimitExceeded'));
    await expect(transact(client, new FakeClock(), [])).rejects.toThrow('cancelled');
  });
});

describe('writing a segment', () => {
  const bytes = sampleBytes('object');
  const write = (...outcomes: object[]) => {
    const { client, calls } = failing(new S3Client({}), ...outcomes);
    const store = s3Segments(client, 'bucket', new FakeClock(NOW_MS));
    return { calls, written: store.write(sampleRef(bytes), bytes, NOW_MS + 7_200_000) };
  };

  it('never overwrites, lets S3 check the digest, and says how long to keep it', async () => {
    const { calls, written } = write();
    await written;
    expect(calls).toEqual([
      expect.objectContaining({
        IfNoneMatch: '*',
        ChecksumSHA256: Buffer.from(sampleRef(bytes).digest, 'hex').toString('base64'),
        Tagging: 'retention-days=1',
        ContentLength: bytes.byteLength,
      }),
    ]);
  });

  const thereSince = (ageMs: number) => ({ LastModified: new Date(NOW_MS - ageMs) });

  it('is done when the object is there: its key holds the digest, so the bytes are the same', async () => {
    const { calls, written } = write(s3Error(412), thereSince(60_000));
    await written;
    expect(calls).toHaveLength(2);
  });

  it('writes it anew when it is old: S3 expires it by its own age, whatever was promised since', async () => {
    const { calls, written } = write(s3Error(412), thereSince(3_600_000));
    await written;
    expect(calls).toHaveLength(3);
    expect(calls[2]).toMatchObject({ Tagging: 'retention-days=1', ContentLength: bytes.byteLength });
    expect(calls[2]).not.toHaveProperty('IfNoneMatch');
  });

  it('asks again while another write of it is under way, which may yet fail', async () => {
    const { calls, written } = write(s3Error(409), s3Error(412), thereSince(0));
    await written;
    expect(calls).toHaveLength(3);
  });

  it.each([
    ['a third conflict', [s3Error(409), s3Error(409), s3Error(409)]],
    ['any other error', [s3Error(403)]],
  ])('fails on %s', async (_, errors) => {
    await expect(write(...errors).written).rejects.toBe(errors.at(-1));
  });
});

describe('reading a segment', () => {
  const read = (error: Error) =>
    s3Segments(failing(new S3Client({}), error).client, 'bucket', new FakeClock()).read(
      sampleRef(sampleBytes('object')),
    );

  it('tells a lost object from a store that fails', async () => {
    await expect(read(new NoSuchKey({ message: '', $metadata: {} }))).rejects.toThrow(SegmentMissing);
    await expect(read(s3Error(503))).rejects.toThrow(S3ServiceException);
  });
});

describe('an item', () => {
  it('stays far below a kilobyte, the unit that a write is billed by', () => {
    expect(JSON.stringify(toItem(sampleCandidate())).length).toBeLessThan(1024);
  });

  it('that is none of ours is refused by the attribute that it lacks', () => {
    const { candidate, ...item } = toItem(sampleCandidate());
    expect(candidate).toBeDefined();
    expect(() => fromItem(item)).toThrow('attribute candidate: wanted a string, got undefined');
  });
});
