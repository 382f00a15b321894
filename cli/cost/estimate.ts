import { MEMORY_MB } from '../../lib/function-memory';
import type { LiveEventConfiguration } from '../../origin/events/configuration';
import type { Prices } from './prices';

export interface CostQuestion {
  readonly configuration: LiveEventConfiguration;
  /** Those of the deployment, unless the configuration names its own. */
  readonly regions: number;
  readonly hours: number;
  /** On average over the event. 0: a CDN of the operator's own, which CloudFront's lines leave out. */
  readonly viewers: number;
  /** How often the origin is asked for one segment: 1 behind one shield, more for CDNs without one. */
  readonly fetches: number;
  readonly serveThrough: 'api-gateway' | 'function-url';
}

export interface CostLine {
  readonly service: string;
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  readonly dollars: number;
}

/** What the estimate takes for granted; printed with it, because a different event has different ones. */
export const ASSUMED = {
  /** Billed per PUT of some 100 kB to 1 MB: decode, digest, inspect, S3, DynamoDB. */
  ingestMs: 60,
  /** Billed per GET that the origin answers: one query and one read. */
  serveMs: 40,
  /** Billed per candidate in a batch of the stream processor, with its neighbours read. */
  reviewMs: 15,
  /** Candidates that one invocation of the stream processor brings. */
  reviewBatch: 4,
  /** Of the declared peak, what a representation has on average. */
  bitrateShare: 0.8,
  /** Days that the lifecycle keeps segments at least. */
  keptDaysMin: 1,
  /** A live playlist is fetched again each second, a template MPD every 2 s. */
  playlistSeconds: 1,
  mpdSeconds: 2,
  /** Regional caches of CloudFront between viewers and the shield, each of which asks for every object. */
  regionalCaches: 13,
  /** KeyValueStore entries that the guard reads for one request. */
  keysRead: 2,
} as const;

const GB = 1e9;
const DAYS_OF_MONTH = 30;

interface Counts {
  readonly puts: number;
  readonly putGb: number;
  readonly originGets: number;
  readonly objects: number;
  readonly segmentSeconds: number;
}

/**
 * What an event costs by service, in US dollars: requests, compute and storage that grow with it. What a deployment
 * costs while nothing happens (secrets, alarms, a dashboard, some logs) is a few dollars a month and is not in it.
 */
export function estimate(question: CostQuestion, prices: Prices): readonly CostLine[] {
  const counts = countsOf(question);
  const lines = [
    ...ingest(counts, prices),
    ...storage(question, counts, prices),
    ...serve(question, counts, prices),
  ];
  return question.viewers === 0 ? lines : [...lines, ...cloudFront(question, counts, prices)];
}

function countsOf({ configuration, regions, hours, fetches }: CostQuestion): Counts {
  const { segmentTemplate, representations, pipelines } = configuration;
  const segmentSeconds = segmentTemplate.duration / segmentTemplate.timescale;
  const seconds = hours * 3600;
  const segments = Math.ceil(seconds / segmentSeconds) * representations.length;
  const copies = pipelines.length * (configuration.regions?.length ?? regions);
  const manifests =
    (seconds / ASSUMED.playlistSeconds) * representations.length + seconds / ASSUMED.mpdSeconds;
  const bits = representations.reduce((sum, { bandwidth = 0 }) => sum + bandwidth, 0) * ASSUMED.bitrateShare;
  return {
    puts: segments * copies,
    putGb: ((bits / 8) * seconds * copies) / GB,
    originGets: (segments + manifests) * fetches,
    objects: segments + manifests,
    segmentSeconds,
  };
}

function ingest({ puts }: Counts, prices: Prices): readonly CostLine[] {
  const gbSeconds = gbSecondsOf(puts, MEMORY_MB.ingest, ASSUMED.ingestMs);
  const reviews = puts / ASSUMED.reviewBatch;
  const reviewGbSeconds = gbSecondsOf(puts, MEMORY_MB.streamProcessor, ASSUMED.reviewMs);
  return [
    line('API Gateway', 'PUTs', puts, 'requests', prices.restRequest),
    line('Lambda', 'ingest, invocations', puts, 'requests', prices.lambdaRequest),
    line('Lambda', 'ingest, compute', gbSeconds, 'GB-s', prices.lambdaGbSecond),
    line('S3', 'segments written', puts, 'requests', prices.s3Put),
    line('DynamoDB', 'candidates written', puts, 'write units', prices.dynamoDbWriteUnit),
    line('Lambda', 'review, invocations', reviews, 'requests', prices.lambdaRequest),
    line('Lambda', 'review, compute', reviewGbSeconds, 'GB-s', prices.lambdaGbSecond),
    line('DynamoDB', 'review, neighbours read', puts, 'read units', prices.dynamoDbReadUnit),
  ];
}

function storage({ configuration }: CostQuestion, { putGb }: Counts, prices: Prices): readonly CostLine[] {
  const days = Math.max(
    ASSUMED.keptDaysMin,
    Math.ceil((2 * configuration.timeShiftBufferDepthSeconds + 3600) / 86_400),
  );
  return [
    line('S3', `segments kept ${days} d`, (putGb * days) / DAYS_OF_MONTH, 'GB-months', prices.s3GbMonth),
  ];
}

function serve({ serveThrough }: CostQuestion, { originGets }: Counts, prices: Prices): readonly CostLine[] {
  const gbSeconds = gbSecondsOf(originGets, MEMORY_MB.serve, ASSUMED.serveMs);
  return [
    ...(serveThrough === 'api-gateway'
      ? [line('API Gateway', 'GETs of the CDN', originGets, 'requests', prices.restRequest)]
      : []),
    line('Lambda', 'serve, invocations', originGets, 'requests', prices.lambdaRequest),
    line('Lambda', 'serve, compute', gbSeconds, 'GB-s', prices.lambdaGbSecond),
    line('DynamoDB', 'candidates read', originGets, 'read units', prices.dynamoDbReadUnit),
    line('S3', 'segments read', originGets, 'requests', prices.s3Get),
  ];
}

function cloudFront(question: CostQuestion, counts: Counts, prices: Prices): readonly CostLine[] {
  const { configuration, viewers, hours } = question;
  const seconds = hours * 3600;
  // A viewer plays one video and one audio representation, and a player of HLS asks for both playlists as well.
  const perSecond = 2 / counts.segmentSeconds + 2 / Math.max(counts.segmentSeconds, ASSUMED.playlistSeconds);
  const requests = viewers * seconds * perSecond;
  const gb = (viewers * seconds * viewerBits(configuration)) / 8 / GB;
  const shield = counts.objects * ASSUMED.regionalCaches;
  return [
    line('CloudFront', 'requests of viewers', requests, 'requests', prices.cloudFrontRequest),
    line('CloudFront', 'the guard', requests, 'invocations', prices.cloudFrontFunction),
    line('CloudFront', 'the guard, keys read', requests * ASSUMED.keysRead, 'reads', prices.keyValueRead),
    line('CloudFront', 'Origin Shield', shield, 'requests', prices.shieldRequest),
    line('CloudFront', 'bytes to viewers', gb, 'GB', prices.cloudFrontGb),
  ];
}

/** The dearest video and the dearest audio: what a good connection plays. */
function viewerBits({ representations }: LiveEventConfiguration): number {
  const most = (kind: string) =>
    Math.max(
      0,
      ...representations
        .filter(({ contentType }) => contentType === kind)
        .map(({ bandwidth = 0 }) => bandwidth),
    );
  return (most('video') + most('audio')) * ASSUMED.bitrateShare;
}

function gbSecondsOf(times: number, memoryMb: number, ms: number): number {
  return (times * memoryMb * ms) / 1024 / 1000;
}

function line(service: string, what: string, quantity: number, unit: string, price: number): CostLine {
  return { service, what, quantity, unit, dollars: quantity * price };
}
