import { NotFound, S3Client } from '@aws-sdk/client-s3';
import { s3Uploads } from '../../../stores/aws/uploads';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleBytes, sampleRef } from '../../support/samples';

const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' };
const REF = sampleRef(sampleBytes('upload', 7_000_000));
const CHECKSUM = Buffer.from(REF.digest, 'hex').toString('base64');

/** Uploads whose client answers a HEAD with this. */
function uploads(head: object | Error = {}) {
  const client = new S3Client({ region: 'eu-west-1', credentials });
  const asked: unknown[] = [];
  const answering = Object.assign(client, {
    send({ input }: { readonly input: unknown }) {
      asked.push(input);
      return head instanceof Error ? Promise.reject(head) : Promise.resolve(head);
    },
  });
  return { store: s3Uploads(answering, 'segments-bucket', new FakeClock(NOW_MS)), asked };
}

describe('a place in S3', () => {
  it('is signed for this length, digest, retention, and only where there is no object', async () => {
    const { url, headers, untilMs } = await uploads().store.offer(REF, NOW_MS + 3 * 86_400_000);
    const signed = new URL(url);
    expect(signed.searchParams.get('X-Amz-SignedHeaders')?.split(';')).toEqual([
      ...['content-length', 'host', 'if-none-match', 'x-amz-checksum-sha256', 'x-amz-tagging'],
    ]);
    expect(headers).toEqual({
      'if-none-match': '*',
      'x-amz-checksum-sha256': CHECKSUM,
      'x-amz-tagging': 'retention-days=4',
    });
    expect(signed.pathname).toContain(`/segments/acme/final/v720/${REF.number}/a/${REF.digest}`);
    expect(untilMs).toBe(NOW_MS + 60_000);
    expect([signed.searchParams.get('X-Amz-Expires'), signed.searchParams.get('X-Amz-Date')]).toEqual([
      '60',
      '20260101T000000Z',
    ]);
  });

  it('is another for another length: the signature covers it', async () => {
    const { store } = uploads();
    const signatures = await Promise.all(
      [REF, { ...REF, size: REF.size + 1 }].map(async (ref) =>
        new URL((await store.offer(ref, NOW_MS + 1000)).url).searchParams.get('X-Amz-Signature'),
      ),
    );
    expect(new Set(signatures).size).toBe(2);
  });

  it('is untagged, and so never expires, where no retention class is long enough', async () => {
    const { headers } = await uploads().store.offer(REF, NOW_MS + 100 * 86_400_000);
    expect(headers['x-amz-tagging']).toBeUndefined();
  });
});

describe('what lies there', () => {
  it('is measured by S3: its checksum, not ours', async () => {
    const LastModified = new Date(NOW_MS - 5000);
    const { store, asked } = uploads({ ContentLength: 7_000_000, ChecksumSHA256: CHECKSUM, LastModified });
    expect(await store.find(REF)).toEqual({
      ...{ size: 7_000_000, digest: REF.digest, storedAtMs: NOW_MS - 5000 },
    });
    expect(asked).toEqual([expect.objectContaining({ ChecksumMode: 'ENABLED' })]);
  });

  it('has no digest where S3 tells none: such bytes are never taken for ours', async () => {
    expect(await uploads({ ContentLength: 1 }).store.find(REF)).toMatchObject({ digest: '' });
  });

  it('may be nothing', async () => {
    expect(await uploads(new NotFound({ message: '', $metadata: {} })).store.find(REF)).toBeUndefined();
  });

  it('is unknown while S3 fails', async () => {
    await expect(uploads(new Error('SlowDown')).store.find(REF)).rejects.toThrow('SlowDown');
  });
});
