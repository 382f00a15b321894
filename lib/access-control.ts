import type { StageOptions } from 'aws-cdk-lib/aws-apigateway';

/** Who gets in, and how much of it: the part of a deployment's configuration that SECURITY.md speaks of. */
export interface AccessConfig {
  /**
   * Requests a second, and bursts, that each API takes in a region. API Gateway's quota of 10,000 a second is shared by
   * all APIs of an account and region: what readers may take, writers cannot be left without.
   * Default: 3,000 to publish, 6,000 to serve, 100 for control.
   */
  readonly throttle?: Partial<Readonly<Record<'publish' | 'serve' | 'control', Throttle>>>;
  /**
   * `token`: the deployment's own token and those made with it. `iam`: callers sign with IAM (SigV4), and their policy says
   * which methods and tenants, by path. Default: `token`.
   */
  readonly controlAuthorization?: 'token' | 'iam';
  /** Publishing with client certificates beside secrets, by region. Default: none. */
  readonly mutualTls?: Readonly<Record<string, MutualTlsConfig>>;
  /**
   * AWS WAF in front of the control API (a limit by address) and of the serve API (who brings no edge credential does not
   * reach the function). Some $14 a month in the home region, $6 in each other, and $0.60 a million requests
   * (SECURITY.md). Default: none.
   */
  readonly webAcl?: WebAclConfig;
}

export interface Throttle {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** A host name of a region at which packagers show a certificate. */
export interface MutualTlsConfig {
  readonly domainName: string;
  /** ACM certificate of the host name, in the same region. */
  readonly certificateArn: string;
  /** Issuers whose certificates may connect (PEM), as an object in S3. */
  readonly truststore: { readonly bucketName: string; readonly key: string; readonly version?: string };
}

export interface WebAclConfig {
  /** From one address to the control API, in any five minutes. 10 to 2,000,000,000. */
  readonly controlRequestsPerFiveMinutes: number;
}

/** As stages of an API take it. */
export type StageThrottle = Required<Pick<StageOptions, 'throttlingRateLimit' | 'throttlingBurstLimit'>>;

const THROTTLES: Readonly<Record<'publish' | 'serve' | 'control', Throttle>> = {
  publish: { requestsPerSecond: 3000, burst: 1500 },
  serve: { requestsPerSecond: 6000, burst: 3000 },
  control: { requestsPerSecond: 100, burst: 100 },
};

export function throttleOf({ throttle }: AccessConfig, api: keyof typeof THROTTLES): StageThrottle {
  const { requestsPerSecond, burst } = throttle?.[api] ?? THROTTLES[api];
  return { throttlingRateLimit: requestsPerSecond, throttlingBurstLimit: burst };
}

/** @throws Error naming the member, what was wanted and what came. */
export function checkAccess({ throttle, webAcl, mutualTls }: AccessConfig, regions: readonly string[]): void {
  for (const [api, { requestsPerSecond, burst }] of Object.entries(throttle ?? {}))
    if (!(requestsPerSecond > 0 && burst > 0))
      throw new Error(`throttle.${api}: wanted numbers above 0, got ${requestsPerSecond} and ${burst}`);
  const limit = webAcl?.controlRequestsPerFiveMinutes ?? 10;
  if (!(limit >= 10 && limit <= 2e9))
    throw new Error(`webAcl.controlRequestsPerFiveMinutes: wanted 10 to 2,000,000,000, got ${limit}`);
  for (const region of Object.keys(mutualTls ?? {}))
    if (!regions.includes(region))
      throw new Error(`mutualTls: wanted regions of the deployment, got ${region}`);
}
