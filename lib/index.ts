/** What other CDK apps import: the origin of a region, the CDN in front, and the app that composes them. */
export type { AccessConfig, MutualTlsConfig, Throttle, WebAclConfig } from './access-control';
export type { DeploymentConfig, EdgeConfig } from './deployment';
export { EdgeDistribution } from './edge-distribution';
export type { EdgeDistributionProps, EdgeOrigin } from './edge-distribution';
export { EdgeStack } from './edge-stack';
export { EdgeSyncStack } from './edge-sync-stack';
export { addStacks } from './headwater-app';
export { LiveOrigin } from './live-origin';
export type { LiveOriginProps } from './live-origin';
export type { PipelineMetricName } from '../lambdas/metric-names';
export type { MetricSubject } from './pipeline-metric';
export { RegionStack } from './region-stack';
export { ServeOrigin } from './serve-origin';
export type { ServeOriginProps } from './serve-origin';
export { ServeStack } from './serve-stack';
