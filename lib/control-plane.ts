import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Access } from './access';
import { throttleOf } from './access-control';
import { ControlApi } from './control-api';
import type { DeploymentConfig, DeploymentNames } from './deployment';
import type { OriginEnvironment } from './deployment-environment';
import { GeneratedCredential } from './generated-credential';
import { ControlFunction } from './origin-functions';
import type { OriginApi } from './rest-api';

export interface ControlParts {
  readonly deployment: DeploymentConfig;
  readonly environment: OriginEnvironment;
  readonly access: Access;
  readonly names: DeploymentNames;
  readonly logRetention: RetentionDays;
  readonly accessLogs: boolean;
}

/** The control plane of a deployment, in its home region: its function, its API and the administrator's token. */
export function addControl(scope: Construct, parts: ControlParts): OriginApi {
  const byIam = parts.deployment.controlAuthorization === 'iam';
  const token = byIam
    ? undefined
    : new GeneratedCredential(scope, 'OperatorToken', {
        secretName: parts.names.operatorSecret,
        description: "Administrator's token of the control plane: may read and change every event",
        generation: parts.deployment.credentialGeneration ?? 1,
      });
  const control = new ControlFunction(scope, 'ControlFunction', {
    access: parts.access,
    deployment: parts.environment,
    operatorTokenDigests: token?.digests,
    logRetention: parts.logRetention,
  });
  const throttle = throttleOf(parts.deployment, 'control');
  const apiName = parts.names.api('control');
  return new ControlApi(scope, 'Control', { control, byIam, apiName, throttle, accessLogs: parts.accessLogs })
    .api;
}
