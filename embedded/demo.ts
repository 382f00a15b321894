import { join } from 'node:path';
import { type DemoAsset, loadDemoAsset } from '../demo/asset';
import { DEMO_CONFIGURATION, DEMO_ENCODER_DELAY_MS, DEMO_EVENT, DEMO_TENANT } from '../demo/event';
import { startFeed, type Feed, type FeedFaults } from '../demo/feed';
import { mediaPathOf } from '../http/media-path';
import type { EventKey } from '../origin/candidate';
import { putEvent } from '../origin/events/change-event';
import { parseConfiguration, type LiveEventConfiguration } from '../origin/events/configuration';
import { scheduleOf } from '../origin/events/live-event';
import { replaceCredential } from '../origin/events/replace-credential';
import type { Origin } from '../origin/origin';
import { newestDue, type Schedule } from '../origin/schedule/schedule';
import type { Region } from './region';
import { readSecret, writeSecret } from './secrets';

/** A pipeline of the demo as drills reach it: what it sends may be made to fail at any moment. */
export interface DemoFeed extends Feed {
  readonly pipeline: string;
  readonly faults: FeedFaults;
}

/** What a person needs to publish to the demo's second event. */
export interface PublishingPoint {
  readonly event: EventKey;
  readonly pipeline: string;
  readonly secret: string;
}

export interface Demo {
  readonly asset: DemoAsset;
  readonly feeds: readonly DemoFeed[];
  readonly publishingPoints: readonly PublishingPoint[];
  stop(): Promise<void>;
}

const LOOP: EventKey = { tenant: DEMO_TENANT, event: DEMO_EVENT };

/** An event that is there for whoever wants to publish with an encoder of their own. */
export const OPEN_EVENT: EventKey = { tenant: DEMO_TENANT, event: 'live' };
const OPEN_CONFIGURATION = {
  ...DEMO_CONFIGURATION,
  representations: [
    { id: 'v720', contentType: 'video', bandwidth: 1_000_000 },
    { id: 'a128', contentType: 'audio', bandwidth: 128_000 },
  ],
};

/**
 * Segments that a new event has before its first live one, so that a player has a window at once. Fewer than the feeds
 * bring along (30 s), which start a little later: the first number of the event exists.
 */
const BACKLOG_SEGMENTS = 12;
const SECRETS_FILE = 'demo-credentials.json';
const BY = 'demo';

/**
 * Creates the demo's events where they are not there, and starts its pipelines; each publishes to every region over
 * HTTP. Secrets are kept in the data directory, so that a restart goes on.
 */
export async function startDemo(
  regions: readonly Region[],
  origin: Origin,
  dataDirectory: string,
): Promise<Demo> {
  const secrets = new DemoSecrets(origin, dataDirectory);
  const configuration = await ensureEvent(origin, LOOP, DEMO_CONFIGURATION);
  await ensureEvent(origin, OPEN_EVENT, OPEN_CONFIGURATION);
  const asset = loadDemoAsset(join(__dirname, '..', 'demo', 'asset'));
  const feeds: DemoFeed[] = [];
  const publishingPoints: PublishingPoint[] = [];
  for (const pipeline of DEMO_CONFIGURATION.pipelines) {
    const faults: FeedFaults = {};
    const feed = startFeed({
      ...{ asset, pipeline, faults, clock: origin.clock },
      secret: await secrets.of(LOOP, pipeline),
      targets: regions.map(({ url }) => new URL(url)),
      eventPath: mediaPathOf(LOOP, '').slice(0, -1),
      template: configuration.segmentTemplate,
      schedule: { ...scheduleNow(configuration, origin), delayMs: DEMO_ENCODER_DELAY_MS[pipeline] ?? 0 },
    });
    feeds.push({ pipeline, faults, ...feed });
    publishingPoints.push({ event: OPEN_EVENT, pipeline, secret: await secrets.of(OPEN_EVENT, pipeline) });
  }
  return {
    ...{ asset, feeds, publishingPoints },
    async stop() {
      await Promise.all(feeds.map((feed) => feed.stop()));
    },
  };
}

/** What an operator changed of it since stays. */
async function ensureEvent(origin: Origin, key: EventKey, wanted: unknown): Promise<LiveEventConfiguration> {
  const current = await origin.events.reload(key);
  if (current !== undefined) return current.configuration;
  const parsed = parseConfiguration(wanted);
  if ('faults' in parsed) throw new Error(`demo configuration: ${JSON.stringify(parsed.faults)}`);
  const edge = newestDue(scheduleNow(parsed.configuration, origin), origin.clock.nowMs());
  const initialSegmentNumber = Math.max(0, edge - BACKLOG_SEGMENTS);
  const outcome = await putEvent(origin, key, { ...parsed.configuration, initialSegmentNumber });
  if (outcome.kind !== 'done') throw new Error(`demo event ${key.event}: ${JSON.stringify(outcome)}`);
  return outcome.value.configuration;
}

function scheduleNow(configuration: LiveEventConfiguration, { clock }: Origin): Schedule {
  const { startNumber } = configuration.segmentTemplate;
  const schedule = scheduleOf({ ...configuration, initialSegmentNumber: startNumber });
  if (schedule === undefined) throw new Error(`demo schedule: wanted an exact one at ${clock.nowMs()}`);
  return schedule;
}

/** The demo's own secrets: made once, for a demo that is restarted is still the same publisher. */
class DemoSecrets {
  readonly #origin: Origin;
  readonly #directory: string;

  constructor(origin: Origin, directory: string) {
    this.#origin = origin;
    this.#directory = directory;
  }

  async of(key: EventKey, pipeline: string): Promise<string> {
    const kept = this.#read();
    const name = `${key.event}/${pipeline}`;
    const known = kept[name];
    if (known !== undefined && (await this.#works(known))) return known;
    const { secret } = await replaceCredential(this.#origin, key, pipeline, this.#origin.clock.nowMs(), BY);
    writeSecret(this.#directory, SECRETS_FILE, JSON.stringify({ ...kept, [name]: secret }));
    return secret;
  }

  async #works(secret: string): Promise<boolean> {
    const { credentials, digester, clock } = this.#origin;
    const found = await credentials.findByDigest(digester.sha256Hex(secret));
    return found !== undefined && (found.validUntilMs ?? Infinity) > clock.nowMs();
  }

  #read(): Readonly<Record<string, string>> {
    const text = readSecret(this.#directory, SECRETS_FILE);
    return text === undefined ? {} : (JSON.parse(text) as Record<string, string>);
  }
}
