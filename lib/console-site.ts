import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultStackSynthesizer, Duration, FileSystem, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { consoleFiles, contentSecurityPolicy } from '../console/files';
import { acknowledge, findingOf } from './acknowledge';
import type { ConsoleConfig } from './deployment';

export interface ConsoleSiteProps {
  readonly config: ConsoleConfig;
  /** Of the home region; paths there begin with `/control`. */
  readonly controlHostName: string;
  /** Origin of the CDN that serves /live/, which the page's player asks. */
  readonly liveUrl: string;
}

/** Without it CloudFront would look for an object of the name `console/`. */
const INDEX = `function handler(event) {
  var request = event.request;
  if (request.uri === '/' || request.uri === '/console')
    return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '/console/' } } };
  if (request.uri === '/console/') request.uri = '/console/index.html';
  return request;
}`;

/** The console's pages, and the control plane under the same name: the browser has one origin, so no CORS is needed. */
export class ConsoleSite extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: ConsoleSiteProps) {
    super(scope, id);
    const { config, controlHostName, liveUrl } = props;
    const bucket = pagesBucket(this);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Headwater: the console',
      defaultBehavior: pagesBehavior(this, bucket, liveUrl),
      additionalBehaviors: { '/control/*': controlBehavior(controlHostName) },
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...(config.domainNames && { domainNames: [...config.domainNames] }),
      ...(config.certificateArn !== undefined && {
        certificate: Certificate.fromCertificateArn(this, 'Certificate', config.certificateArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
    });
    acknowledge(this.distribution, {
      'AwsSolutions-CFR1': 'Where operators may work from is theirs to say: set it on the distribution.',
      'AwsSolutions-CFR2': 'Static pages, and calls that need an operator token of 192 bits.',
      'AwsSolutions-CFR3': 'Who changed what is in the history of each event.',
      'AwsSolutions-CFR4': "TLS 1.2 holds for domainNames; CloudFront's own name takes no policy.",
    });
    const pages = new BucketDeployment(this, 'Pages', {
      destinationBucket: bucket,
      sources: [
        Source.asset(stagedPages()),
        Source.jsonData('console/settings.json', { liveUrl, metricsUrl: '', lab: false }),
      ],
      // So nothing has to be invalidated: CloudFront asks the bucket whether what it has is still so.
      cacheControl: [CacheControl.noCache()],
    });
    acknowledgeCopying(pages, bucket);
  }
}

/** As an interface: under exactOptionalPropertyTypes the class, whose `isWebsite` may be undefined, is not one by type. */
function pagesBucket(scope: Construct): IBucket {
  const bucket = new Bucket(scope, 'Bucket', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    // The next deployment writes it again, from this repository.
    removalPolicy: RemovalPolicy.DESTROY,
    autoDeleteObjects: true,
  });
  acknowledge(bucket, { 'AwsSolutions-S1': 'Public code, read by one distribution.' });
  return bucket as IBucket;
}

function pagesBehavior(scope: Construct, bucket: IBucket, liveUrl: string): BehaviorOptions {
  return {
    origin: S3BucketOrigin.withOriginAccessControl(bucket),
    allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
    cachePolicy: CachePolicy.CACHING_OPTIMIZED,
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    responseHeadersPolicy: new ResponseHeadersPolicy(scope, 'Headers', {
      comment: 'Headwater: the console, as the embedded run sends it',
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: contentSecurityPolicy({ liveUrl }),
          override: true,
        },
        contentTypeOptions: { override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
    }),
    functionAssociations: [
      {
        eventType: FunctionEventType.VIEWER_REQUEST,
        function: new EdgeFunction(scope, 'Index', {
          comment: 'Headwater: /console/ is its index.html',
          runtime: FunctionRuntime.JS_2_0,
          code: FunctionCode.fromInline(INDEX),
        }),
      },
    ],
  };
}

/** Nothing is cached, and the token goes through; the API needs its own name as Host. */
function controlBehavior(hostName: string): BehaviorOptions {
  return {
    origin: new HttpOrigin(hostName, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: CachePolicy.CACHING_DISABLED,
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  };
}

/** The CDK's own function, which copies the pages at deployment: its role and its runtime are the CDK's to choose. */
function acknowledgeCopying(pages: BucketDeployment, bucket: IBucket): void {
  const stack = Stack.of(pages);
  const assets = stack.formatArn({
    ...{ service: 's3', region: '', account: '' },
    resource: `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-${stack.account}-${stack.region}`,
  });
  const logicalId = stack.getLogicalId(bucket.node.defaultChild as CfnBucket);
  const wildcards = [
    ...['GetObject', 'GetBucket', 'List', 'DeleteObject', 'Abort'].map((action) => `Action::s3:${action}*`),
    `Resource::${findingOf(stack, assets)}/*`,
    `Resource::<${logicalId}.Arn>/*`,
  ];
  const logging = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  acknowledge(stack, {
    [`AwsSolutions-IAM4[Policy::${logging}]`]: 'It writes its own log.',
    'AwsSolutions-L1': 'Its runtime comes with the CDK.',
    ...Object.fromEntries(
      wildcards.map((finding) => [
        `AwsSolutions-IAM5[${finding}]`,
        'It reads assets and writes this bucket.',
      ]),
    ),
  });
}

/** What the embedded run serves by path, as files in a directory: the libraries come from their packages. */
function stagedPages(): string {
  const directory = FileSystem.mkdtemp('headwater-console-');
  for (const [path, { file }] of consoleFiles()) if (!path.endsWith('/')) cpSync(file, join(directory, path));
  return directory;
}
