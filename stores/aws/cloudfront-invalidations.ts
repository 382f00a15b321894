import { type CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';

/** Tags of one request. CloudFront has 3,000 in progress at most, over all requests. */
const ITEMS_MAX = 1000;

/** Makes a distribution forget what carries any of some cache tags. */
export type ForgetTags = (tags: readonly string[], reference: string) => Promise<void>;

/**
 * CloudFront's invalidations by cache tag, which the distribution's `CacheTagConfig` turns on: an item that begins with
 * `#` is a tag. They take effect everywhere within seconds to minutes.
 * @returns takes `reference`, unique to what is asked: the same again starts nothing new, so a retry costs nothing.
 *   Throws what CloudFront throws, `TooManyInvalidationsInProgress` too: ask again later.
 */
export function cloudFrontInvalidations(client: CloudFrontClient, DistributionId: string): ForgetTags {
  return async (tags, reference) => {
    const items = [...new Set(tags)].map((tag) => `#${tag}`);
    for (let start = 0; start < items.length; start += ITEMS_MAX) {
      const Items = items.slice(start, start + ITEMS_MAX);
      await client.send(
        new CreateInvalidationCommand({
          DistributionId,
          InvalidationBatch: {
            CallerReference: `${reference}-${start}`,
            Paths: { Quantity: Items.length, Items },
          },
        }),
      );
    }
  };
}
