import { Duration } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BY_IAM, CONTROL_AUTHORIZATION, OPERATOR_TOKEN_DIGESTS } from '../lambdas/control/environment';
import { HANDLERS as INGEST_HANDLERS } from '../lambdas/ingest/environment';
import type { Access } from './access';
import type { OriginEnvironment } from './deployment-environment';
import { MEMORY_MB } from './function-memory';
import { OriginFunction } from './origin-function';
import { ServeFunction } from './serve-function';

export interface OriginFunctionsProps {
  readonly access: Access;
  /** What the functions of the live path know of the deployment. */
  readonly deployment: OriginEnvironment;
  /** Undefined where serve has an account of its own: then it is not made here. */
  readonly edgeCredentialDigests: string | undefined;
  readonly reservedConcurrency: { readonly publish: number; readonly serve: number } | undefined;
  readonly logRetention: RetentionDays;
  readonly streamed: boolean;
  /** Whether packagers may show client certificates. */
  readonly mutualTls: boolean;
  /** Zone of the region's hot tier, where it has one. */
  readonly hotZone: string | undefined;
}

/**
 * The functions of the live path. Publish and serve share nothing that runs out: each has its own function, role and
 * concurrency, so that readers cannot starve packagers.
 */
export class OriginFunctions extends Construct {
  readonly ingest: OriginFunction;
  /** Believes client certificates: for the API that asks for them alone. */
  readonly certifiedIngest?: OriginFunction;
  readonly authorizer: OriginFunction;
  readonly serve?: ServeFunction;
  readonly streamProcessor: OriginFunction;
  readonly #props: OriginFunctionsProps;

  constructor(scope: Construct, id: string, props: OriginFunctionsProps) {
    super(scope, id);
    this.#props = props;
    this.ingest = this.#makeIngest('Ingest', 'byCredential');
    if (props.mutualTls) this.certifiedIngest = this.#makeIngest('CertifiedIngest', 'byCertificate');
    this.authorizer = this.#makeAuthorizer();
    if (props.edgeCredentialDigests !== undefined) this.serve = this.#makeServe(props.edgeCredentialDigests);
    this.streamProcessor = this.#makeStreamProcessor();
  }

  #makeIngest(id: string, by: keyof typeof INGEST_HANDLERS): OriginFunction {
    const { access, deployment, hotZone, reservedConcurrency } = this.#props;
    const { region, events } = deployment;
    return new OriginFunction(this, id, {
      room: 'ingest',
      handler: INGEST_HANDLERS[by],
      description: 'Inspects and stores what packagers PUT',
      memorySize: MEMORY_MB.ingest,
      // Three tries at S3; a packager's own patience ends at about one segment.
      timeout: Duration.seconds(15),
      ...this.#common(),
      ...(reservedConcurrency && { reservedConcurrentExecutions: reservedConcurrency.publish }),
      policy: [
        access.changeCandidates(region, 'dynamodb:PutItem'),
        ...access.writeBytes(region),
        ...access.inspectUploads(region),
        ...(hotZone === undefined ? [] : [access.useHotBucket(region, hotZone, 'ReadWrite')]),
        // What is there already, before somebody uploads megabytes.
        access.readOwnCandidates(region),
        access.readEvents(events.readRegion),
        // Inits and their versions.
        access.appendToEvents(events.homeRegion),
        ...(by === 'byCertificate' ? [access.findCredential(events.readRegion)] : []),
      ],
    });
  }

  #makeAuthorizer(): OriginFunction {
    const { access, deployment } = this.#props;
    return new OriginFunction(this, 'Authorizer', {
      room: 'authorizer',
      description: 'Says which pipeline a credential speaks for',
      memorySize: 512,
      timeout: Duration.seconds(5),
      ...this.#common(),
      policy: [access.findCredential(deployment.events.readRegion)],
    });
  }

  #makeServe(edgeCredentialDigests: string): ServeFunction {
    const { access, deployment, logRetention, streamed, hotZone, reservedConcurrency } = this.#props;
    return new ServeFunction(this, 'Serve', {
      ...{ access, deployment, edgeCredentialDigests, logRetention, streamed, hotZone },
      reservedConcurrency: reservedConcurrency?.serve,
    });
  }

  #makeStreamProcessor(): OriginFunction {
    const { access, deployment } = this.#props;
    const { region, events } = deployment;
    return new OriginFunction(this, 'StreamProcessor', {
      room: 'stream-processor',
      description: 'Reviews new candidates against their neighbours',
      memorySize: MEMORY_MB.streamProcessor,
      timeout: Duration.seconds(30),
      ...this.#common(),
      policy: [
        access.readCandidates(),
        access.changeCandidates(region, 'dynamodb:UpdateItem'),
        access.readEvents(events.readRegion),
        // Automatic masks, where an event allows them.
        access.appendToEvents(events.homeRegion),
      ],
    });
  }

  #common() {
    const { deployment, logRetention } = this.#props;
    return { environment: deployment.variables, logRetention };
  }
}

export interface ControlFunctionProps {
  readonly access: Access;
  readonly deployment: OriginEnvironment;
  /** Undefined where IAM lets in. */
  readonly operatorTokenDigests: string | undefined;
  readonly logRetention: RetentionDays;
}

/** The control plane's function. It reads its own writes, so it reads where it writes: in the home region. */
export class ControlFunction extends OriginFunction {
  constructor(scope: Construct, id: string, props: ControlFunctionProps) {
    const { access, deployment, operatorTokenDigests, logRetention } = props;
    super(scope, id, {
      room: 'control',
      description: 'Changes and explains events for operators',
      memorySize: 1024,
      timeout: Duration.seconds(25),
      logRetention,
      environment: {
        ...deployment.variables,
        ...(operatorTokenDigests === undefined
          ? { [CONTROL_AUTHORIZATION]: BY_IAM }
          : { [OPERATOR_TOKEN_DIGESTS]: operatorTokenDigests }),
      },
      policy: [
        access.administerEvents(deployment.events.homeRegion),
        access.removeSpent(deployment.events.homeRegion),
        access.readCandidates(),
      ],
    });
  }
}
