import { Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { throttleOf } from './access-control';
import type { DeploymentConfig, DeploymentNames } from './deployment';
import { inWindows } from './provisioned';
import { OriginApi } from './rest-api';
import { ServeApi } from './serve-api';
import { type ServeEndpoint, ServeFunctionUrl } from './serve-endpoint';
import { WebAcl, withoutEdgeCredential } from './web-acl';

/** What answers the CDN in one region, wherever the region has it. */
export interface Serving {
  readonly serve: LambdaFunction;
  readonly endpoint: ServeEndpoint;
}

/**
 * Where CDNs GET.
 * @param nowMs UTC milliseconds; see `LiveOriginProps.nowMs`.
 */
export function addServeEndpoint(
  scope: Construct,
  deployment: DeploymentConfig,
  names: DeploymentNames,
  serve: LambdaFunction,
  { emulated = false, nowMs = 0 }: { readonly emulated?: boolean; readonly nowMs?: number },
): ServeEndpoint {
  const { accessLogs = false, provisioned = [], serveThrough } = deployment;
  const props = {
    serve: inWindows(scope, 'ServeAlias', serve, provisioned, 'serve', nowMs),
    streamed: !emulated,
    apiName: names.api('serve'),
    accessLogs,
    throttle: throttleOf(deployment, 'serve'),
  };
  return serveThrough === 'function-url'
    ? new ServeFunctionUrl(scope, 'ServeUrl', props)
    : new ServeApi(scope, 'Serve', props).api;
}

/** AWS WAF before it, where the deployment has one. A function URL lets in CloudFront alone, by IAM. */
export function addServeAcl(
  scope: Construct,
  { webAcl }: DeploymentConfig,
  names: DeploymentNames,
  endpoint: ServeEndpoint,
): void {
  if (webAcl === undefined || !(endpoint instanceof OriginApi)) return;
  const name = names.webAcl(Stack.of(scope).region, 'serve');
  new WebAcl(scope, 'ServeAcl', { api: endpoint, name, rule: withoutEdgeCredential() });
}
