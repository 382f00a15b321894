import { Duration } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { EDGE_CREDENTIAL_DIGESTS, HANDLERS } from '../lambdas/serve/environment';
import type { Access } from './access';
import type { OriginEnvironment } from './deployment-environment';
import { MEMORY_MB } from './function-memory';
import { OriginFunction } from './origin-function';

export interface ServeFunctionProps {
  readonly access: Access;
  readonly deployment: OriginEnvironment;
  readonly edgeCredentialDigests: string;
  readonly reservedConcurrency: number | undefined;
  readonly logRetention: RetentionDays;
  /** False where the platform cannot stream answers (an emulator). */
  readonly streamed: boolean;
  /** Zone of the region's hot tier, where it has one. */
  readonly hotZone: string | undefined;
  /** For who must know the role before it is there. Default: one that CloudFormation makes up. */
  readonly roleName?: string;
}

/** Answers CDNs. It reads, in every region of the deployment, and writes nothing. */
export class ServeFunction extends OriginFunction {
  constructor(scope: Construct, id: string, props: ServeFunctionProps) {
    const { access, deployment, hotZone, reservedConcurrency, roleName } = props;
    super(scope, id, {
      room: 'serve',
      handler: props.streamed ? HANDLERS.streamed : HANDLERS.buffered,
      description: 'Serves the first valid candidate',
      memorySize: MEMORY_MB.serve,
      // 5 s held, then 10 MB at the 2 MB/s that Lambda streams at beyond its first 6 MB.
      timeout: Duration.seconds(20),
      logRetention: props.logRetention,
      environment: {
        ...deployment.variables,
        [EDGE_CREDENTIAL_DIGESTS]: props.edgeCredentialDigests,
      },
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      ...(roleName !== undefined && { roleName }),
      policy: [
        access.readCandidates(),
        ...access.readBytes(),
        ...(hotZone === undefined ? [] : [access.useHotBucket(deployment.region, hotZone, 'ReadOnly')]),
        access.readEvents(deployment.events.readRegion),
      ],
    });
  }
}
