// Registers SigV4A, which the SDK does not bring along: the KeyValueStore is one for all regions, and so are signatures.
import '@aws-sdk/signature-v4a';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import {
  CloudFrontKeyValueStoreClient,
  type CloudFrontKeyValueStoreClientConfig,
} from '@aws-sdk/client-cloudfront-keyvaluestore';

/** CloudFront is managed there, whatever the region of the caller. */
const region = 'us-east-1';

/** Off the live path: the SDK's own patience, and its pauses when it is throttled. */
const MAX_ATTEMPTS = 5;

export function keyValueStoreClient(
  config: CloudFrontKeyValueStoreClientConfig = {},
): CloudFrontKeyValueStoreClient {
  return new CloudFrontKeyValueStoreClient({ region, maxAttempts: MAX_ATTEMPTS, ...config });
}

export function cloudFrontClient(): CloudFrontClient {
  return new CloudFrontClient({ region, maxAttempts: MAX_ATTEMPTS });
}
