/** Functions, as logs name them and as the dimension `service` of metrics does. */
export const SERVICES = {
  ingest: 'ingest',
  serve: 'serve',
  control: 'control',
  streamProcessor: 'stream-processor',
  sweep: 'sweep',
  edgeSync: 'edge-sync',
} as const;
export type Service = (typeof SERVICES)[keyof typeof SERVICES];

/**
 * What is counted of each pipeline, and the service that it is counted for, whichever function counts: reviews and sweeps both
 * mask, and who looks at a metric looks at one.
 */
export const PIPELINE_METRICS = {
  Received: SERVICES.ingest,
  Late: SERVICES.ingest,
  Defective: SERVICES.ingest,
  Refused: SERVICES.ingest,
  Selected: SERVICES.serve,
  Flagged: SERVICES.streamProcessor,
  Disagreeing: SERVICES.streamProcessor,
  Masked: SERVICES.streamProcessor,
  Missing: SERVICES.sweep,
  Split: SERVICES.sweep,
  Degraded: SERVICES.sweep,
  Down: SERVICES.sweep,
} as const satisfies Readonly<Record<string, Service>>;

export type PipelineMetricName = keyof typeof PIPELINE_METRICS;

/** `Shed` is of an event, `Unreadable` of a record; both for the function that counts them. */
export type MetricName = PipelineMetricName | 'Shed' | 'Unreadable';

/** Measured for each GET, by class of request and status. */
export const REQUESTS = 'Requests';
export const REQUEST_MS = 'RequestMs';
