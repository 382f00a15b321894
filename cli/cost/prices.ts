/** US dollars for one unit of each kind. Every price can be replaced by `headwater cost --prices FILE`. */
export interface Prices {
  readonly lambdaRequest: number;
  /** ARM, first tier. */
  readonly lambdaGbSecond: number;
  /** The same on instances that are provisioned, and what these cost whether or not anybody asks. */
  readonly lambdaProvisionedComputeGbSecond: number;
  readonly lambdaProvisionedGbSecond: number;
  readonly restRequest: number;
  readonly dynamoDbWriteUnit: number;
  readonly dynamoDbReadUnit: number;
  readonly s3Put: number;
  readonly s3Get: number;
  readonly s3GbMonth: number;
  /** S3 Express One Zone. */
  readonly expressPut: number;
  readonly expressGet: number;
  readonly expressUploadGb: number;
  readonly expressRetrievalGb: number;
  readonly expressGbMonth: number;
  /** From a region to the internet, first tier: a CDN that is not CloudFront. */
  readonly egressGb: number;
  readonly cloudFrontRequest: number;
  readonly cloudFrontGb: number;
  readonly cloudFrontFunction: number;
  readonly keyValueRead: number;
  readonly shieldRequest: number;
}

/** When, and for where, {@link PRICES} was written down. */
export const PRICES_OF = 'us-east-1, list prices without free tiers or discounts, November 2026';

/**
 * On-demand list prices. They differ by region and change: read them again on AWS's pricing pages before a budget
 * depends on them. CloudFront's are those of North America and Europe, its first tier.
 */
export const PRICES: Prices = {
  lambdaRequest: 0.2e-6,
  lambdaGbSecond: 0.000_013_333_4,
  lambdaProvisionedComputeGbSecond: 0.000_007_777_8,
  lambdaProvisionedGbSecond: 0.000_003_333_4,
  restRequest: 3.5e-6,
  dynamoDbWriteUnit: 0.625e-6,
  dynamoDbReadUnit: 0.125e-6,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  s3GbMonth: 0.023,
  expressPut: 1.13e-6,
  expressGet: 0.03e-6,
  expressUploadGb: 0.0032,
  expressRetrievalGb: 0.0006,
  expressGbMonth: 0.11,
  egressGb: 0.09,
  cloudFrontRequest: 1e-6,
  cloudFrontGb: 0.085,
  cloudFrontFunction: 0.1e-6,
  keyValueRead: 0.03e-6,
  shieldRequest: 0.75e-6,
};
