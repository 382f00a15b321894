/** Set on the function; its value is an {@link EdgeSyncEnvironment} as JSON. */
export const EDGE_SYNC = 'HEADWATER_EDGE_SYNC';

/** The CDN that follows the events. */
export interface EdgeSyncEnvironment {
  readonly keyValueStoreArn: string;
  readonly distributionId: string;
}

/** Set on the function; its value is an `AwsEventsConfig` (stores/aws/schema.ts) as JSON. */
export const EVENTS = 'HEADWATER_EVENTS';

/** How often everything is compared, whatever the stream has told: what it lost is mended then, what expired goes. */
export const RECONCILE_EVERY_MS = 300_000;
