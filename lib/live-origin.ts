import { Duration, Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { PipelineMetricName } from '../lambdas/metric-names';
import { SEGMENTS_PREFIX } from '../stores/aws/schema';
import { Access } from './access';
import { Alarms } from './alarms';
import { throttleOf } from './access-control';
import { acknowledgeObjectPrefixes } from './acknowledge';
import { CandidateTable, newCandidates } from './candidate-table';
import { addControl } from './control-plane';
import {
  checkDeployment,
  type DeploymentConfig,
  DeploymentNames,
  EDGE_REGION,
  reservedConcurrencyOf,
} from './deployment';
import { environmentOf } from './deployment-environment';
import { EventTable } from './event-table';
import { GeneratedCredential } from './generated-credential';
import { MutualTlsApi } from './mutual-tls-api';
import { HotBucket } from './hot-bucket';
import { OperationsDashboard } from './operations-dashboard';
import { pipelineMetric, type MetricSubject } from './pipeline-metric';
import type { OriginApi } from './rest-api';
import { OriginFunctions } from './origin-functions';
import { PublishApi } from './publish-api';
import { SegmentBucket } from './segment-bucket';
import { inWindows } from './provisioned';
import { ServeAdmission } from './serve-admission';
import type { ServeEndpoint } from './serve-endpoint';
import { addServeAcl, addServeEndpoint, type Serving } from './serving';
import { StreamProcessing } from './stream-processing';
import { Sweeping } from './sweeping';
import { tooManyOfOneAddress, WebAcl } from './web-acl';

export interface LiveOriginProps {
  /** The whole deployment; the construct builds the part of its stack's region. */
  readonly deployment: DeploymentConfig;
  /** For an emulator that neither streams answers nor replicates tables: answers come whole, events from home. */
  readonly emulated?: boolean;
  /** When it is synthesised, UTC milliseconds: scheduled windows that are over are left out. Default: none is. */
  readonly nowMs?: number;
}

/**
 * One region of a live origin: its stores, its publish and serve APIs, the stream processor and, in the home region,
 * the events and the control plane. It refers to other regions by name only.
 *
 * @example
 * new LiveOrigin(stack, 'Origin', { deployment: { name: 'sports', regions: ['eu-west-1', 'eu-central-1'] } });
 */
export class LiveOrigin extends Construct {
  readonly candidateTable: CandidateTable;
  readonly bucket: SegmentBucket;
  /** Where `hotZones` has the region. */
  readonly hotBucket: HotBucket | undefined;
  /** In the home region only. */
  readonly eventTable?: EventTable;
  readonly functions: OriginFunctions;
  readonly streamProcessing: StreamProcessing;
  readonly publishApi: OriginApi;
  /** Where the deployment has mutual TLS in this region. */
  readonly mutualTlsApi: MutualTlsApi | undefined;
  /** Not where the deployment has a `serveAccount`: a `ServeOrigin` there has it. */
  readonly serveApi: ServeEndpoint | undefined;
  /** SHA-256 of what the CDN shows to the serve API of this region: for `ServeOrigin`. */
  readonly edgeCredentialDigests: string;
  /** In the home region only. */
  readonly controlApi?: OriginApi;
  readonly #controlByIam: boolean;
  readonly #metricsNamespace: string;

  constructor(scope: Construct, id: string, props: LiveOriginProps) {
    super(scope, id);
    const deployment = checkDeployment(props.deployment);
    this.#controlByIam = deployment.controlAuthorization === 'iam';
    const { regions, accessLogs = false, retainData = true, provisioned = [] } = deployment;
    const { region } = Stack.of(this);
    const names = new DeploymentNames(Stack.of(this), deployment);
    this.#metricsNamespace = names.metricsNamespace;
    const environment = environmentOf(deployment, names, region, props.emulated === true, 'by name');
    const access = new Access(names, regions);
    const logRetention = deployment.logRetention ?? RetentionDays.ONE_MONTH;

    this.candidateTable = new CandidateTable(this, 'Candidates', {
      tableName: names.candidateTable,
      warmThroughput: deployment.warmThroughput,
    });
    const kept = { bucketName: names.bucket(region), retain: retainData };
    this.bucket = new SegmentBucket(this, 'Segments', kept);
    this.hotBucket = makeHotBucket(this, deployment, names);
    this.edgeCredentialDigests = makeEdgeCredential(this, deployment, names).digests;
    this.functions = new OriginFunctions(this, 'Functions', {
      ...{ access, deployment: environment, logRetention, streamed: props.emulated !== true },
      edgeCredentialDigests: deployment.serveAccount === undefined ? this.edgeCredentialDigests : undefined,
      reservedConcurrency: reservedConcurrencyOf(deployment),
      mutualTls: deployment.mutualTls?.[region] !== undefined,
      hotZone: deployment.hotZones?.[region],
    });
    this.streamProcessing = new StreamProcessing(this, 'StreamProcessing', {
      streamArn: this.candidateTable.streamArn,
      processor: this.functions.streamProcessor,
      filter: newCandidates(),
      // Keys of a shard are shared out.
      parallelizationFactor: 4,
      // A review that comes later is of no use to anybody.
      maxRecordAge: Duration.minutes(1),
    });
    const { sweep } = new Sweeping(this, 'Sweeping', { access, deployment: environment, logRetention });
    const nowMs = props.nowMs ?? 0;
    this.publishApi = new PublishApi(this, 'Publish', {
      ingest: inWindows(this, 'IngestAlias', this.functions.ingest, provisioned, 'ingest', nowMs),
      authorizer: this.functions.authorizer,
      apiName: names.api('publish'),
      accessLogs,
      throttle: throttleOf(deployment, 'publish'),
    }).api;
    this.mutualTlsApi = this.#makeMutualTls(deployment, names, nowMs);
    const { serve } = this.functions;
    const serving = serve && { serve, endpoint: addServeEndpoint(this, deployment, names, serve, props) };
    this.serveApi = serving?.endpoint;
    if (region === regions[0]) {
      this.eventTable = makeEventTable(this, deployment, names, this.functions);
      this.controlApi = addControl(this, {
        ...{ deployment, environment, access, names, logRetention, accessLogs },
      });
    }
    this.#admitServe(deployment, names);
    this.#addWebAcls(deployment, names);
    this.#addOperations(deployment, names, sweep, serving);
    acknowledgeObjectPrefixes(this, names, regions);
  }

  /**
   * What is counted of a pipeline in this region: segments a minute unless `options` say otherwise. `Selected` is counted
   * where serve is: in `serveAccount`, if there is one.
   *
   * @example
   * origin.metric('Defective', { tenant: 'acme', event: 'final', pipeline: 'a' }).createAlarm(stack, 'Bad', {
   *   threshold: 5,
   *   evaluationPeriods: 2,
   * });
   */
  metric(name: PipelineMetricName, subject: MetricSubject, options?: MetricOptions): Metric {
    return pipelineMetric(this.#metricsNamespace, name, subject, {
      region: Stack.of(this).region,
      ...options,
    });
  }

  /** Lets `grantee` read what was published here, candidates and bytes: for an archive, or a probe of quality. */
  grantReadSegments(grantee: IGrantable): Grant {
    return this.candidateTable
      .grantReadData(grantee)
      .combine(this.bucket.grantRead(grantee, `${SEGMENTS_PREFIX}*`));
  }

  /**
   * Lets `grantee` call the control plane, signed by IAM.
   * @throws Error outside the home region, and where operators show tokens (`controlAuthorization`).
   */
  grantControl(grantee: IGrantable): Grant {
    const { controlApi } = this;
    if (controlApi === undefined || !this.#controlByIam)
      throw new Error(
        "grantControl: wanted the home region of a deployment with controlAuthorization: 'iam'",
      );
    return Grant.addToPrincipal({
      ...{ grantee, actions: ['execute-api:Invoke'] },
      resourceArns: [controlApi.arnForExecuteApi()],
    });
  }

  #makeMutualTls(
    deployment: DeploymentConfig,
    names: DeploymentNames,
    nowMs: number,
  ): MutualTlsApi | undefined {
    const { accessLogs = false, provisioned = [], mutualTls } = deployment;
    const config = mutualTls?.[Stack.of(this).region];
    const { certifiedIngest } = this.functions;
    if (config === undefined || certifiedIngest === undefined) return undefined;
    return new MutualTlsApi(this, 'MutualTls', {
      ...{ config, accessLogs, throttle: throttleOf(deployment, 'publish') },
      apiName: names.api('publish-mutual-tls'),
      ingest: inWindows(this, 'CertifiedIngestAlias', certifiedIngest, provisioned, 'ingest', nowMs),
    });
  }

  #admitServe(deployment: DeploymentConfig, names: DeploymentNames): void {
    const { serveAccount } = deployment;
    if (serveAccount === undefined) return;
    const { candidateTable, bucket, hotBucket, eventTable } = this;
    new ServeAdmission(this, 'ServeAdmission', {
      ...{ deployment, serveAccount, names, candidateTable, bucket, hotBucket, eventTable },
    });
  }

  #addWebAcls(deployment: DeploymentConfig, names: DeploymentNames): void {
    const { webAcl } = deployment;
    if (this.serveApi !== undefined) addServeAcl(this, deployment, names, this.serveApi);
    if (webAcl === undefined || this.controlApi === undefined) return;
    new WebAcl(this, 'ControlAcl', {
      ...{ api: this.controlApi, name: names.webAcl(Stack.of(this).region, 'control') },
      rule: tooManyOfOneAddress(webAcl.controlRequestsPerFiveMinutes),
    });
  }

  /** What a person on duty is told, and looks at. */
  #addOperations(
    deployment: DeploymentConfig,
    names: DeploymentNames,
    sweep: IFunction,
    serving: Serving | undefined,
  ): void {
    const { region } = Stack.of(this);
    const { publishApi, mutualTlsApi } = this;
    const { ingest, certifiedIngest, streamProcessor } = this.functions;
    const topicArn = deployment.alarmTopicArns?.[region];
    const { metricsNamespace } = names;
    new Alarms(this, 'Alarms', {
      ...{ serving, streamProcessor, sweep, metricsNamespace },
      publishing: [
        { api: publishApi, ingest },
        ...(mutualTlsApi && certifiedIngest ? [{ api: mutualTlsApi.api, ingest: certifiedIngest }] : []),
      ],
      reviewFailures: this.streamProcessing.failures,
      ...(topicArn !== undefined && { topicArn }),
    });
    new OperationsDashboard(this, 'Operations', {
      ...{ publishApi, serving, ingest, streamProcessor, region, metricsNamespace },
      dashboardName: names.dashboard(region),
      candidateTable: names.candidateTable,
      bucket: names.bucket(region),
    });
  }
}

function makeEventTable(
  scope: Construct,
  { regions, retainData = true }: DeploymentConfig,
  names: DeploymentNames,
  { ingest, serve }: OriginFunctions,
): EventTable {
  const [, ...replicaRegions] = regions;
  const table = new EventTable(scope, 'Events', {
    ...{ tableName: names.eventTable, replicaRegions, retain: retainData },
  });
  // It stays whatever becomes of the stack, of a first deployment that fails too: so it is made after what the quotas of a new
  // account may refuse.
  table.node.addDependency(ingest, ...(serve ? [serve] : []));
  return table;
}

function makeHotBucket(
  scope: Construct,
  { hotZones, retainData = true }: DeploymentConfig,
  names: DeploymentNames,
): HotBucket | undefined {
  const zone = hotZones?.[Stack.of(scope).region];
  if (zone === undefined) return undefined;
  return new HotBucket(scope, 'HotSegments', { bucketName: names.hotBucket(zone), zone, retain: retainData });
}

function makeEdgeCredential(
  scope: Construct,
  { edge, credentialGeneration = 1 }: DeploymentConfig,
  names: DeploymentNames,
): GeneratedCredential {
  const { region } = Stack.of(scope);
  return new GeneratedCredential(scope, 'EdgeCredential', {
    secretName: names.edgeSecret(region),
    description: `What the CDN shows to the serve API of ${region}`,
    // CloudFront's stack resolves it under the same name.
    replicaRegions: edge === false || region === EDGE_REGION ? [] : [EDGE_REGION],
    generation: credentialGeneration,
  });
}
