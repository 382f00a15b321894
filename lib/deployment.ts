import type { Stack } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type AccessConfig, checkAccess } from './access-control';
import { checkWindows, type ProvisionedWindow } from './provisioned';

/** What `headwater.config.ts` says: one deployment, one or several regions, and the CDN in front. */
export interface DeploymentConfig extends AccessConfig {
  /** Begins the names of stacks, tables, buckets and secrets: 1-20 of a-z, 0-9 and `-`. */
  readonly name: string;
  /** AWS account; that of the credentials in use when left out. */
  readonly account?: string;
  /**
   * An account of its own for what answers CDNs: serve's function, its API and its alarms, in every region. The quotas that
   * accounts have (requests to API Gateway, concurrency of Lambda) are then not shared with publishing. All that stores
   * stays in `account`, which must be given, and lets the roles of serve read there. Default: one account for both.
   */
  readonly serveAccount?: string;
  /**
   * Regions that store and answer. The first is the home region: events are written and the control plane answers
   * there. Every region is a stack of its own and works while all others are down.
   */
  readonly regions: readonly [string, ...string[]];
  /** CloudFront in front of the serve APIs; `false` for a CDN of your own. */
  readonly edge?: EdgeConfig | false;
  /** The operator's page behind a distribution of its own. Default: none; the control plane is there without it. */
  readonly console?: ConsoleConfig;
  /** Keeps events and segments when a stack is deleted. Default: true. */
  readonly retainData?: boolean;
  /**
   * Lambda concurrency set aside in each region, so that a read storm cannot slow a write. `false` reserves none, for
   * accounts whose limit is still 10. Default: 100 to publish, 400 to serve, of the usual 1,000.
   */
  readonly reservedConcurrency?: { readonly publish: number; readonly serve: number } | false;
  /**
   * What CDNs ask in each region. `function-url` costs a third and has no quota of API Gateway, but only CloudFront can
   * sign for it: a CDN of your own needs `api-gateway`, the default.
   */
  readonly serveThrough?: 'api-gateway' | 'function-url';
  /** When instances of serve and ingest are started ahead of demand, in every region. Default: never. */
  readonly provisioned?: readonly ProvisionedWindow[];
  /**
   * Requests a second that each region's candidate table takes from its first second on. Charged once when it is raised.
   * Default: DynamoDB's own, 12,000 reads and 4,000 writes; twelve representations of two pipelines write 12 times a second.
   */
  readonly warmThroughput?: { readonly reads: number; readonly writes: number };
  /**
   * Availability zone ids by region, such as `{'us-east-1': 'use1-az4'}`: the newest segments are kept there in S3 Express
   * One Zone as well, and read from there first. Default: none.
   */
  readonly hotZones?: Readonly<Record<string, string>>;
  /**
   * SNS topics by region that are told of alarms, of `serveAccount` too where their policies allow it. Default: alarms show
   * in CloudWatch only.
   */
  readonly alarmTopicArns?: Readonly<Record<string, string>>;
  /** Access logs of the APIs. Needs the account's API Gateway log role in each region. Default: false. */
  readonly accessLogs?: boolean;
  /** How long to keep function logs. Default: a month. */
  readonly logRetention?: RetentionDays;
  /** Raise by one to replace the edge credential and the operator token; the ones before stay valid until the next. */
  readonly credentialGeneration?: number;
}

export interface EdgeConfig {
  /** Viewers' host names; needs `certificateArn` of us-east-1. Default: CloudFront's own name. */
  readonly domainNames?: readonly string[];
  readonly certificateArn?: string;
  /**
   * Where Origin Shield runs for each region's API. Default: the region itself, where CloudFront offers it; another
   * region must name the nearest one that does.
   */
  readonly shieldRegions?: Readonly<Record<string, string>>;
  /** Ids of CloudFront key groups: viewers then need signed URLs or cookies. Default: anyone may watch. */
  readonly trustedKeyGroupIds?: readonly string[];
  /**
   * Puts the newest notices on every answer that the cache gives, by a function on each of them. Without it they have
   * those of the time when they were fetched. Default: true.
   */
  readonly attachNotices?: boolean;
}

export interface ConsoleConfig {
  /** Operators' host names; needs `certificateArn` of us-east-1. Default: CloudFront's own name. */
  readonly domainNames?: readonly string[];
  readonly certificateArn?: string;
  /** Origin of a CDN of your own (`edge: false`), such as `https://live.example.com`. Default: our CDN's. */
  readonly liveUrl?: string;
}

/** Of the usual 1,000. */
const RESERVED_CONCURRENCY = { publish: 100, serve: 400 };

/** What is set aside in each region; undefined where nothing is. */
export function reservedConcurrencyOf({ reservedConcurrency = RESERVED_CONCURRENCY }: DeploymentConfig) {
  return reservedConcurrency === false ? undefined : reservedConcurrency;
}

/** Lambda takes 0 for "never": a function that nobody could invoke. */
function checkReserved(config: DeploymentConfig): void {
  for (const [member, instances] of Object.entries(reservedConcurrencyOf(config) ?? {}))
    if (!(Number.isInteger(instances) && instances >= 1))
      throw new Error(
        `reservedConcurrency.${member}: wanted a whole number from 1 on, or false for none, got ${instances}`,
      );
}

const ZONE_ID = /^[a-z]{3,4}\d-az\d$/;

function checkHotZones({ hotZones = {}, regions }: DeploymentConfig): void {
  for (const [region, zone] of Object.entries(hotZones)) {
    if (!regions.includes(region))
      throw new Error(`hotZones: wanted regions of the deployment (${regions.join(', ')}), got ${region}`);
    if (!ZONE_ID.test(zone))
      throw new Error(`hotZones.${region}: wanted the id of a zone, as use1-az4, got ${zone}`);
  }
}

const ACCOUNT = /^\d{12}$/;

function checkAccounts({ account, serveAccount, serveThrough }: DeploymentConfig): void {
  if (serveAccount === undefined) return;
  for (const [member, id] of Object.entries({ serveAccount, account }))
    if (id === undefined || !ACCOUNT.test(id))
      throw new Error(`${member}: wanted an account of 12 digits, got ${id ?? 'none beside serveAccount'}`);
  if (serveAccount === account)
    throw new Error(`serveAccount: wanted another account than account, got ${serveAccount} for both`);
  // What CloudFront may sign for in another account is nowhere written down for functions.
  if (serveThrough === 'function-url')
    throw new Error('serveThrough: wanted api-gateway beside serveAccount, got function-url');
}

/** CloudFront, its certificates and its KeyValueStores are managed there. */
export const EDGE_REGION = 'us-east-1';

/** Of every partition; a zone has a letter more. */
const REGION = /^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/;

const NAME = /^[a-z][a-z0-9-]{0,19}$/;

/**
 * @throws Error naming the member, what was wanted and what came.
 */
export function checkDeployment(config: DeploymentConfig): DeploymentConfig {
  if (!NAME.test(config.name))
    throw new Error(
      `name: wanted 1-20 of a-z, 0-9 and -, the first a letter, got ${JSON.stringify(config.name)}`,
    );
  for (const region of config.regions)
    if (!REGION.test(region))
      throw new Error(`regions: wanted AWS regions such as eu-west-1, got ${JSON.stringify(region)}`);
  if (new Set(config.regions).size !== config.regions.length)
    throw new Error(`regions: wanted regions that differ, got ${config.regions.join(', ')}`);
  const edge = config.edge === false ? undefined : config.edge;
  if (edge?.domainNames !== undefined && edge.certificateArn === undefined)
    throw new Error(`edge.certificateArn: wanted one for ${edge.domainNames.join(', ')}, got none`);
  if (config.console?.domainNames !== undefined && config.console.certificateArn === undefined)
    throw new Error(
      `console.certificateArn: wanted one for ${config.console.domainNames.join(', ')}, got none`,
    );
  if (config.edge === false && config.console !== undefined && config.console.liveUrl === undefined)
    throw new Error('console.liveUrl: wanted the origin of your own CDN (edge: false), got none');
  if (config.edge === false && config.serveThrough === 'function-url')
    throw new Error('serveThrough: wanted api-gateway for a CDN of your own (edge: false), got function-url');
  checkAccounts(config);
  checkAccess(config, config.regions);
  checkHotZones(config);
  checkReserved(config);
  checkWindows(config.provisioned ?? [], reservedConcurrencyOf(config));
  return config;
}

/**
 * Names that regions know of each other without a reference between their stacks: each can be deployed, repaired and
 * deleted alone.
 */
export class DeploymentNames {
  readonly #stack: Stack;
  readonly #name: string;
  /** Of all that stores. */
  readonly #account: string;

  constructor(stack: Stack, { name, account = stack.account }: Pick<DeploymentConfig, 'name' | 'account'>) {
    this.#stack = stack;
    this.#name = name;
    this.#account = account;
  }

  get candidateTable(): string {
    return `${this.#name}-candidates`;
  }

  get eventTable(): string {
    return `${this.#name}-events`;
  }

  /** Bucket names are global: the account keeps two deployments apart. */
  bucket(region: string): string {
    return `${this.#name}-${this.#account}-${region}`;
  }

  /** Names of directory buckets are those of their zone. */
  hotBucket(zone: string): string {
    return `${this.#name}-${this.#account}-hot--${zone}--x-s3`;
  }

  /** Holds what the CDN shows to a region's serve API; replicated to where CloudFront is deployed from. */
  edgeSecret(region: string): string {
    return `${this.#name}/edge-credential/${region}`;
  }

  /** Of serve's role and dashboard in `serveAccount`: policies of `account` name the role before it is there. */
  serve(region: string): string {
    return `${this.#name}-serve-${region}`;
  }

  serveRoleArn(region: string, account: string): string {
    const resourceName = this.serve(region);
    return this.#stack.formatArn({ service: 'iam', region: '', account, resource: 'role', resourceName });
  }

  api(api: 'publish' | 'publish-mutual-tls' | 'serve' | 'control'): string {
    return `${this.#name}-${api}`;
  }

  /** In CloudWatch, of what our functions count: another deployment in the account has its own. */
  get metricsNamespace(): string {
    return `Headwater/${this.#name}`;
  }

  dashboard(region: string): string {
    return `${this.#name}-${region}`;
  }

  webAcl(region: string, api: string): string {
    return `${this.#name}-${region}-${api}`;
  }

  get operatorSecret(): string {
    return `${this.#name}/operator-token`;
  }

  tableArn(region: string, table: string): string {
    return this.#stack.formatArn({
      service: 'dynamodb',
      region,
      account: this.#account,
      resource: 'table',
      resourceName: table,
    });
  }

  hotBucketArn(region: string, zone: string): string {
    return this.#stack.formatArn({
      service: 's3express',
      region,
      account: this.#account,
      resource: 'bucket',
      resourceName: this.hotBucket(zone),
    });
  }

  bucketArn(region: string): string {
    return this.#stack.formatArn({
      service: 's3',
      region: '',
      account: '',
      resource: this.bucket(region),
    });
  }
}
