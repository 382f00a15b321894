import { Duration, SecretValue } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  type CfnDistribution,
  Distribution,
  FunctionUrlOriginAccessControl,
  HttpVersion,
  type IOrigin,
  KeyGroup,
  OriginProtocolPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, OriginGroup } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import { KEPT_VERSION_HEADER } from '../http/common-headers';
import { EDGE_CREDENTIAL_HEADER } from '../lambdas/serve/environment';
import { acknowledge } from './acknowledge';
import type { EdgeConfig } from './deployment';
import { EdgeFunctions } from './edge-functions';

/** A region's serve API as the edge sees it. */
export interface EdgeOrigin {
  readonly region: string;
  /** Paths there begin with `/live`, as the viewers' do: the stage is part of the contract's path. */
  readonly domainName: string;
  /** The function's own URL, which wants requests that CloudFront has signed. */
  readonly isFunctionUrl: boolean;
  /** Secrets Manager name, in the edge's own region, of what the edge shows to this API. */
  readonly secretName: string;
}

export interface EdgeDistributionProps {
  /** In order of preference; the first answers, the second when it fails. */
  readonly origins: readonly [EdgeOrigin, ...EdgeOrigin[]];
  readonly config: EdgeConfig;
  readonly credentialGeneration: number;
}

/** A cached error outlives its truth; Cache-Control alone says how long each may be kept. 410 cannot be listed. */
const ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** Not 503: shedding load in one region must not double it in the other. */
const FAILOVER = [500, 502, 504];

/** The origin holds a request for 5 s at most; anything longer is a failure, and the other region's turn. */
const READ_TIMEOUT = Duration.seconds(10);

/** What the origin names an object's cache tags in. */
const TAG_HEADER = 'Cache-Tag';

/**
 * CloudFront in front of the regions, with Origin Shield: 1,000 unshielded edges would each ask for every segment. Its
 * functions answer from the schedule what cannot exist, and tag invalidations forget ranges.
 */
export class EdgeDistribution extends Construct {
  readonly distribution: Distribution;
  readonly functions: EdgeFunctions;

  constructor(scope: Construct, id: string, props: EdgeDistributionProps) {
    super(scope, id);
    const { config, origins, credentialGeneration } = props;
    const signed = origins.some(({ isFunctionUrl }) => isFunctionUrl)
      ? new FunctionUrlOriginAccessControl(this, 'Signed').originAccessControlId
      : undefined;
    const [first, second] = origins.map((origin) => httpOrigin(origin, config, credentialGeneration, signed));
    if (first === undefined) throw new Error('origins: wanted at least one, got none');
    this.functions = new EdgeFunctions(this, 'Functions', config);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Headwater: live segments',
      defaultBehavior: {
        origin: second === undefined ? first : failingOver(first, second),
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cachePolicy: mediaCachePolicy(this),
        compress: false,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: withoutTags(this),
        functionAssociations: this.functions.associations,
        ...(config.trustedKeyGroupIds && {
          trustedKeyGroups: config.trustedKeyGroupIds.map((key) =>
            KeyGroup.fromKeyGroupId(this, `KeyGroup${key}`, key),
          ),
        }),
      },
      errorResponses: ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...(config.domainNames && { domainNames: [...config.domainNames] }),
      ...(config.certificateArn !== undefined && {
        certificate: Certificate.fromCertificateArn(this, 'Certificate', config.certificateArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
    });
    takeTags(this.distribution);
    acknowledge(this.distribution, {
      'AwsSolutions-CFR1':
        "Where an event may be watched is the rights holder's matter: set it on the distribution.",
      'AwsSolutions-CFR2':
        'GETs of public names, refused at the edge by schedule; a web ACL is charged for each of them.',
      'AwsSolutions-CFR3':
        'A log line for each segment of each viewer: whoever wants it sets logging and its retention.',
      'AwsSolutions-CFR4': "TLS 1.2 holds for domainNames; CloudFront's own name takes no policy.",
    });
  }
}

function httpOrigin(
  { region, domainName, secretName, isFunctionUrl }: EdgeOrigin,
  config: EdgeConfig,
  generation: number,
  originAccessControlId: string | undefined,
) {
  return new HttpOrigin(domainName, {
    ...(isFunctionUrl && originAccessControlId !== undefined && { originAccessControlId }),
    // No originPath: the stage `live` is the first part of every viewer's path already.
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    originShieldRegion: config.shieldRegions?.[region] ?? region,
    connectionAttempts: 1,
    connectionTimeout: Duration.seconds(2),
    readTimeout: READ_TIMEOUT,
    keepaliveTimeout: Duration.seconds(60),
    customHeaders: {
      [EDGE_CREDENTIAL_HEADER]: SecretValue.secretsManager(secretName).unsafeUnwrap(),
      // A new generation changes the template, which makes CloudFormation look the secret up again.
      'headwater-edge-generation': generation.toString(),
    },
  });
}

function failingOver(primaryOrigin: IOrigin, fallbackOrigin: IOrigin): OriginGroup {
  return new OriginGroup({ primaryOrigin, fallbackOrigin, fallbackStatusCodes: FAILOVER });
}

function mediaCachePolicy(scope: Construct): CachePolicy {
  return new CachePolicy(scope, 'CachePolicy', {
    comment: 'Headwater: the origin decides how long',
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.days(365),
    queryStringBehavior: CacheQueryStringBehavior.allowList('v', 'dvr', '_HLS_skip'),
    headerBehavior: CacheHeaderBehavior.allowList(KEPT_VERSION_HEADER),
  });
}

/** L2 has no word for it yet. */
function takeTags(distribution: Distribution): void {
  const resource = distribution.node.defaultChild as CfnDistribution;
  resource.addPropertyOverride('DistributionConfig.CacheTagConfig.HeaderName', TAG_HEADER);
}

/** A segment has some 700 bytes of tags, which are of no use to a viewer. */
function withoutTags(scope: Construct): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, 'WithoutTags', {
    comment: 'Headwater: cache tags stay at the edge',
    removeHeaders: [TAG_HEADER],
  });
}
