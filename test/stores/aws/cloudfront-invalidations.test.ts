import { CloudFrontClient, type CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { cloudFrontInvalidations } from '../../../stores/aws/cloudfront-invalidations';

/** What is sent; nothing goes out. */
function recording() {
  const client = new CloudFrontClient({ region: 'us-east-1' });
  const sent: CreateInvalidationCommand['input'][] = [];
  client.send = (command: { input: unknown }) => {
    sent.push(command.input as CreateInvalidationCommand['input']);
    return Promise.resolve({});
  };
  return { forget: cloudFrontInvalidations(client, 'E1'), sent };
}

it('names tags with a #, each once, to the one distribution', async () => {
  const { forget, sent } = recording();
  await forget(['ev:acme/final', 'p:acme/final/a', 'ev:acme/final'], 'ref');
  expect(sent).toEqual([
    {
      DistributionId: 'E1',
      InvalidationBatch: {
        CallerReference: 'ref-0',
        Paths: { Quantity: 2, Items: ['#ev:acme/final', '#p:acme/final/a'] },
      },
    },
  ]);
});

it('sends many in parts, each under a reference of its own', async () => {
  const { forget, sent } = recording();
  await forget(
    Array.from({ length: 2500 }, (_, index) => `n:${index}`),
    'ref',
  );
  const batches = sent.map(({ InvalidationBatch }) => InvalidationBatch!);
  expect(batches.map(({ CallerReference, Paths }) => [CallerReference, Paths?.Quantity])).toEqual([
    ['ref-0', 1000],
    ['ref-1000', 1000],
    ['ref-2000', 500],
  ]);
});

it('asks nothing for nothing', async () => {
  const { forget, sent } = recording();
  await forget([], 'ref');
  expect(sent).toEqual([]);
});
