import type { AwsEventsConfig, AwsRegionConfig } from '../stores/aws/schema';

/** Set on every function that works on stores; its value is a {@link DeploymentEnvironment} as JSON. */
export const DEPLOYMENT = 'HEADWATER_DEPLOYMENT';

/** CloudWatch namespace of what a function counts: Powertools reads the variable by itself. */
export const METRICS_NAMESPACE = 'POWERTOOLS_METRICS_NAMESPACE';

/** What a function knows of the deployment it is part of: names only, no secrets. */
export interface DeploymentEnvironment {
  /** The function's own region: one of `regions`. */
  readonly region: string;
  readonly regions: readonly AwsRegionConfig[];
  readonly events: AwsEventsConfig;
  /** Whether `edge-sync` tells a CDN of ours what the event table says; without it the CDN knows versions only. */
  readonly edgeFollows: boolean;
}

/** @throws Error when the infrastructure did not set the variable. */
export function variable(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '')
    throw new Error(`environment variable ${name}: wanted a value, got none`);
  return value;
}
