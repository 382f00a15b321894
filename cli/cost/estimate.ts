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
  /** Instances in each region that are started for the event, as `provisioned` in the deployment's configuration. */
  readonly provisioned?: { readonly serve: number; readonly ingest: number };
  /** Regions that have a hot zone. Default: none. */
  readonly hotZones?: number;
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
  /** For two pipelines' copies of four numbers, 0.7 kB each, read consistently. */
  reviewReadUnits: 2,
  /** Of the declared peak, what a representation has on average. */
  bitrateShare: 0.8,
  /** Days that the lifecycle keeps segments at least. */
  keptDaysMin: 1,
  /** A live playlist is fetched again each second, a template MPD every 2 s. */
  playlistSeconds: 1,
  mpdSeconds: 2,
  /** Regional caches of CloudFront between viewers and the shield, each of which asks for every object. */
  regionalCaches: 13,
  /** CloudFront's functions for one request, the guard and the one that attaches notices, and the keys that they read. */
  edgeFunctions: 2,
  keysRead: 3,
} as const;

const GB = 1e9;
const DAYS_OF_MONTH = 30;

interface Counts {
  readonly regions: number;
  readonly seconds: number;
  readonly puts: number;
  readonly putGb: number;
  /** Segments that the CDN fetches. */
  readonly fetchedGb: number;
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
    ...ingest(question, counts, prices),
    ...storage(question, counts, prices),
    ...serve(question, counts, prices),
    ...provisioned(question, counts, prices),
    ...hotTier(question, counts, prices),
  ];
  return question.viewers === 0
    ? [...lines, line('Transfer', 'bytes to your CDN', counts.fetchedGb, 'GB', prices.egressGb)]
    : [...lines, ...cloudFront(question, counts, prices)];
}

function countsOf({ configuration, hours, fetches, ...question }: CostQuestion): Counts {
  const regions = configuration.regions?.length ?? question.regions;
  const { segmentTemplate, representations, pipelines } = configuration;
  const segmentSeconds = segmentTemplate.duration / segmentTemplate.timescale;
  const seconds = hours * 3600;
  const segments = Math.ceil(seconds / segmentSeconds) * representations.length;
  const copies = pipelines.length * regions;
  const manifests =
    (seconds / ASSUMED.playlistSeconds) * representations.length + seconds / ASSUMED.mpdSeconds;
  const bits = representations.reduce((sum, { bandwidth = 0 }) => sum + bandwidth, 0) * ASSUMED.bitrateShare;
  const onceGb = ((bits / 8) * seconds) / GB;
  return {
    ...{ regions, seconds },
    puts: segments * copies,
    putGb: onceGb * copies,
    fetchedGb: onceGb * fetches,
    originGets: (segments + manifests) * fetches,
    objects: segments + manifests,
    segmentSeconds,
  };
}

function ingest(question: CostQuestion, { puts }: Counts, prices: Prices): readonly CostLine[] {
  const gbSeconds = gbSecondsOf(puts, MEMORY_MB.ingest, ASSUMED.ingestMs);
  const reviews = puts / ASSUMED.reviewBatch;
  const neighbours = puts * ASSUMED.reviewReadUnits;
  const reviewGbSeconds = gbSecondsOf(puts, MEMORY_MB.streamProcessor, ASSUMED.reviewMs);
  return [
    line('API Gateway', 'PUTs', puts, 'requests', prices.restRequest),
    line('Lambda', 'ingest, invocations', puts, 'requests', prices.lambdaRequest),
    line('Lambda', 'ingest, compute', gbSeconds, 'GB-s', computePrice(question, prices)),
    line('S3', 'segments written', puts, 'requests', prices.s3Put),
    line('DynamoDB', 'candidates written', puts, 'write units', prices.dynamoDbWriteUnit),
    line('Lambda', 'review, invocations', reviews, 'requests', prices.lambdaRequest),
    line('Lambda', 'review, compute', reviewGbSeconds, 'GB-s', prices.lambdaGbSecond),
    line('DynamoDB', 'review, neighbours read', neighbours, 'read units', prices.dynamoDbReadUnit),
  ];
}

function computePrice({ provisioned: instances }: CostQuestion, prices: Prices): number {
  return instances === undefined ? prices.lambdaGbSecond : prices.lambdaProvisionedComputeGbSecond;
}

function provisioned(
  { provisioned: instances }: CostQuestion,
  { regions, seconds }: Counts,
  prices: Prices,
): readonly CostLine[] {
  if (instances === undefined) return [];
  return (['serve', 'ingest'] as const).map((member) => {
    const gbSeconds = gbSecondsOf(instances[member] * regions, MEMORY_MB[member], seconds * 1000);
    return line('Lambda', `${member}, provisioned`, gbSeconds, 'GB-s', prices.lambdaProvisionedGbSecond);
  });
}

/** What is written to S3 is written there too; what is read is read there first. */
function hotTier(
  { hotZones = 0 }: CostQuestion,
  { regions, puts, putGb, originGets, fetchedGb }: Counts,
  prices: Prices,
): readonly CostLine[] {
  if (hotZones === 0) return [];
  const share = Math.min(1, hotZones / regions);
  return [
    line('S3 Express', 'segments written', puts * share, 'requests', prices.expressPut),
    line('S3 Express', 'bytes written', putGb * share, 'GB', prices.expressUploadGb),
    line('S3 Express', 'segments read', originGets, 'requests', prices.expressGet),
    line('S3 Express', 'bytes read', fetchedGb, 'GB', prices.expressRetrievalGb),
    line(
      'S3 Express',
      'segments kept 1 d',
      (putGb * share) / DAYS_OF_MONTH,
      'GB-months',
      prices.expressGbMonth,
    ),
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

function serve(question: CostQuestion, { originGets }: Counts, prices: Prices): readonly CostLine[] {
  const gbSeconds = gbSecondsOf(originGets, MEMORY_MB.serve, ASSUMED.serveMs);
  return [
    ...(question.serveThrough === 'api-gateway'
      ? [line('API Gateway', 'GETs of the CDN', originGets, 'requests', prices.restRequest)]
      : []),
    line('Lambda', 'serve, invocations', originGets, 'requests', prices.lambdaRequest),
    line('Lambda', 'serve, compute', gbSeconds, 'GB-s', computePrice(question, prices)),
    line('DynamoDB', 'candidates read', originGets, 'read units', prices.dynamoDbReadUnit),
    ...((question.hotZones ?? 0) === 0
      ? [line('S3', 'segments read', originGets, 'requests', prices.s3Get)]
      : []),
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
    line(
      'CloudFront',
      'its functions',
      requests * ASSUMED.edgeFunctions,
      'invocations',
      prices.cloudFrontFunction,
    ),
    line('CloudFront', 'its functions, keys read', requests * ASSUMED.keysRead, 'reads', prices.keyValueRead),
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
