/** CloudWatch namespace of all metrics of ours. */
export const NAMESPACE = 'Headwater';

/** The dimension `service`: which function counted. */
export const SERVICES = {
  ingest: 'ingest',
  serve: 'serve',
  control: 'control',
  streamProcessor: 'stream-processor',
  sweep: 'sweep',
  edgeSync: 'edge-sync',
} as const;
export type Service = (typeof SERVICES)[keyof typeof SERVICES];

/** Counted per tenant, event and pipeline. */
export type MetricName =
  | 'Received'
  | 'Late'
  | 'Defective'
  | 'Refused'
  | 'Selected'
  | 'Shed'
  | 'Flagged'
  | 'Missing'
  | 'Split'
  | 'Disagreeing'
  | 'Degraded'
  | 'Down'
  | 'Masked'
  | 'Unreadable';

/** Measured for each GET, by class of request and status. */
export const REQUESTS = 'Requests';
export const REQUEST_MS = 'RequestMs';
