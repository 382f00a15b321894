import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, type NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BUNDLING } from './bundling';
import { finished } from './finished';

export interface OriginFunctionProps {
  /** Folder below lambdas/. */
  readonly room: string;
  /** Export of its index.ts. Default: `handler`. */
  readonly handler?: string;
  readonly description: string;
  /** MB; CPU grows with it, one whole core at 1,769. */
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly environment?: Readonly<Record<string, string>>;
  readonly reservedConcurrentExecutions?: number;
  /** Days. Default: 30. */
  readonly logRetention?: RetentionDays;
  /** Unique in the account. Default: one that CloudFormation makes up. */
  readonly roleName?: string;
  /** All it may do, besides writing its own log. */
  readonly policy: PolicyStatement[];
}

/**
 * One function of the origin: bundled here from lambdas/, with the SDK that the lock file names, a log that ends, and
 * a role of its own.
 */
export class OriginFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: OriginFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // No managed policy: those may write to every log group of the account.
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      ...(props.roleName !== undefined && { roleName: props.roleName }),
    });
    const log = logGroup.grantWrite(role);
    super(scope, id, {
      ...codeOf(props.room),
      handler: props.handler ?? 'handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      role,
      logGroup,
      initialPolicy: props.policy,
      environment: { ...props.environment },
      ...(props.reservedConcurrentExecutions !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      }),
      // The SDK's own switch for HTTP keep-alive is a matter of the past; ours are in stores/aws/clients.ts.
      awsSdkConnectionReuse: false,
    });
    log.applyBefore(this);
  }
}

/** Finished where the package was installed; bundled at synthesis in a checkout. */
function codeOf(room: string): Pick<NodejsFunctionProps, 'code' | 'entry' | 'bundling'> {
  const code = finished(room);
  if (code !== undefined) return { code: Code.fromAsset(code) };
  return {
    entry: join(__dirname, '..', 'lambdas', room, 'index.ts'),
    bundling: {
      format: OutputFormat.ESM,
      ...{ target: BUNDLING.target, minify: BUNDLING.minify, banner: BUNDLING.banner },
      mainFields: [...BUNDLING.mainFields],
      esbuildArgs: Object.fromEntries(
        Object.entries(BUNDLING.alias).map(([name, file]) => [`--alias:${name}`, file]),
      ),
      // The runtime's SDK changes under our feet; a bundled one is what the tests ran with.
      externalModules: [],
    },
  };
}
