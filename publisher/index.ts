import { join } from 'node:path';
import { createHttpServer, type HttpServer } from '../server/http-server';
import { errorFields, jsonLog, type Log } from '../server/log';
import { mediaPathOf, parseMediaPath } from '../http/media-path';
import type { EventKey } from '../origin/candidate';
import type { Clock } from '../origin/ports/clock';
import { inspectInit } from '../origin/media/inspect-init';
import { nodeDigester } from '../stores/node-digester';
import { systemClock } from '../stores/system-clock';
import { Backlog } from './backlog';
import type { PublishingCredential } from './delivery';
import { ControlPlaneKnowledge, NO_KNOWLEDGE, type ControlPlane } from './event-knowledge';
import { InitDirectory } from './inits';
import { Intake, type Accepted } from './intake';
import { PublisherMetrics } from './metrics';
import { receiverRouter } from './receiver';
import { headOf, type ParcelHead } from './parcel';
import { RegionSender, type RegionOutcome } from './region-sender';
import { SpoolFolder } from './spool';
import { Tracks, type TrackStatus } from './tracks';
import { startWatcher, type Watcher } from './watcher';

export type { TrackStatus } from './tracks';

export interface PublisherOptions {
  /** Base URLs of the regions; each gets everything, and none waits for another. */
  readonly to: readonly URL[];
  readonly credential: PublishingCredential;
  /** For packagers; 0: any that is free. Loopback unless `host` says otherwise: nothing here asks for a credential. */
  readonly port: number;
  readonly host?: string;
  /** A directory that a packager writes into, as the paths below an event. */
  readonly watch?: { readonly directory: string; readonly event: EventKey };
  /** Whose events are asked for schedules and names; without it bytes alone are inspected. */
  readonly control?: ControlPlane;
  /** Where the backlog outlives the process. */
  readonly spool?: { readonly directory: string; readonly bytesMax?: number };
  /** From a segment's arrival to the last attempt before it goes to the backlog. Default 2000. */
  readonly budgetMs?: number;
  /** How long a stop goes on sending. Default 5000. */
  readonly drainMs?: number;
  /** Bytes of one PUT. Default 64 MiB. */
  readonly bodyBytesMax?: number;
  /** Bytes of each region's backlog in memory. Default 256 MiB; regions share the bytes of what several miss. */
  readonly backlogBytesMax?: number;
  readonly clock?: Clock;
  readonly onEvent?: (event: PublisherEvent) => void;
  /** Where warnings go, a line of JSON each. Default: standard error. */
  readonly writeLog?: (line: string) => void;
}

/** What happens, for `--json` and tests. */
export type PublisherEvent =
  | ({ readonly kind: 'received' } & Accepted)
  | {
      readonly kind: 'outcome';
      readonly head: ParcelHead;
      readonly region: string;
      readonly outcome: RegionOutcome;
    }
  /** A packager left before its body was whole. */
  | { readonly kind: 'torn'; readonly path: string };

export interface RegionStatus {
  readonly region: string;
  readonly backlogParcels: number;
  readonly backlogBytes: number;
  readonly spoolBytes: number;
  readonly liveBytes: number;
  /** What the region last refused, or last failed with. */
  readonly lastTrouble: string | undefined;
}

export interface PublisherStats {
  readonly tracks: readonly TrackStatus[];
  readonly regions: readonly RegionStatus[];
  readonly torn: number;
}

export interface Publisher {
  readonly port: number;
  /** For packagers: `{url}/live/{tenant}/{event}/...`. */
  readonly url: string;
  stats(): PublisherStats;
  /** Takes nothing new, sends what it has for `drainMs` at most, and ends. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

const MIB = 2 ** 20;
const DEFAULTS = {
  host: '127.0.0.1',
  budgetMs: 2000,
  drainMs: 5000,
  bodyBytesMax: 64 * MIB,
  backlogBytesMax: 256 * MIB,
};
const SPOOL_BYTES_MAX = 4096 * MIB;
const DELAY_MS_MAX = 3_600_000;
/** Bytes that a region may have under way at once; more is no live stream but a flood. */
const LIVE_BYTES_MAX = 128 * MIB;
/** Bodies that packagers are sending at the same time. */
const BODIES_BYTES_MAX = 256 * MIB;
const GRACE_MS = 1000;
/**
 * Starts what stands between a packager and the regions.
 * @throws node's error: the port or the spool directory cannot be had.
 */
export async function startPublisher(options: PublisherOptions): Promise<Publisher> {
  const publisher = new RunningPublisher(options);
  await publisher.start();
  return publisher;
}

class RunningPublisher implements Publisher {
  readonly #options: PublisherOptions & typeof DEFAULTS;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #inits = new InitDirectory();
  readonly #tracks: Tracks;
  readonly #metrics: PublisherMetrics;
  readonly #intake: Intake;
  readonly #server: HttpServer;
  readonly #regions: Region[] = [];
  readonly #knowledge: ControlPlaneKnowledge | undefined;
  #initSpool: SpoolFolder | undefined;
  #watcher: Watcher | undefined;
  #stopped: Promise<void> | undefined;
  #torn = 0;
  #port = 0;

  constructor(options: PublisherOptions) {
    this.#options = { ...DEFAULTS, ...options };
    const { clock = systemClock, control, bodyBytesMax } = this.#options;
    this.#clock = clock;
    this.#log = jsonLog(clock, options.writeLog ?? ((line) => void process.stderr.write(line)));
    this.#tracks = new Tracks(options.to.map(regionName));
    this.#metrics = new PublisherMetrics(() => this.stats().regions);
    this.#knowledge = control && new ControlPlaneKnowledge(control, clock);
    const events = this.#knowledge ?? NO_KNOWLEDGE;
    this.#intake = new Intake({
      ...{ clock, events, inits: this.#inits, digester: nodeDigester },
      onAccepted: (accepted) => this.#take(accepted),
    });
    this.#server = createHttpServer({
      route: receiverRouter(this.#intake, bodyBytesMax, () => this.#metrics.response()),
      ...{ clock, log: this.#log, bodiesBytesMax: BODIES_BYTES_MAX },
      onTorn: ({ path }) => this.#tear(path),
    });
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://${this.#options.host}:${this.#port}`;
  }

  async start(): Promise<void> {
    const { spool, watch, host, port, bodyBytesMax } = this.#options;
    // Before anything is sent: what was missed may need the inits of an earlier process.
    if (spool !== undefined) await this.#restoreInits(this.#spoolFolder(spool.directory, 'inits'));
    for (const base of this.#options.to) this.#regions.push(await this.#region(base));
    await this.#knowledge?.ready();
    this.#port = await this.#server.listen(host, port).catch(async (error: unknown) => {
      await Promise.all(this.#regions.map(({ sender }) => sender.stop(0)));
      throw error;
    });
    if (watch === undefined) return;
    this.#watcher = startWatcher({
      ...{ directory: watch.directory, fileBytesMax: bodyBytesMax, clock: this.#clock },
      onFile: (path, bytes) => void this.#intake.accept(mediaPathOf(watch.event, path), bytes, {}),
      isWanted: (path) => parseMediaPath(mediaPathOf(watch.event, path)) !== undefined,
      onError: (error) => this.#log.warn('a watched file cannot be read', errorFields(error)),
    });
  }

  stats(): PublisherStats {
    const regions = this.#regions.map(({ name, sender, backlog, trouble }) => ({
      region: name,
      backlogParcels: backlog.size,
      backlogBytes: backlog.memoryBytes,
      spoolBytes: backlog.spoolBytes,
      liveBytes: sender.liveBytes,
      lastTrouble: trouble,
    }));
    return { tracks: this.#tracks.snapshot(), regions, torn: this.#torn };
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const deadlineMs = this.#clock.nowMs() + this.#options.drainMs;
    await this.#watcher?.stop();
    // A body under way is let come to its end.
    await this.#server.close(GRACE_MS);
    await Promise.all(this.#regions.map(({ sender }) => sender.stop(deadlineMs)));
    await this.#initSpool?.idle();
  }

  async #region(base: URL): Promise<Region> {
    const { spool, credential, budgetMs, backlogBytesMax: memoryBytesMax } = this.#options;
    const name = regionName(base);
    const folder = spool && this.#spoolFolder(spool.directory, name.replace(/[^A-Za-z0-9.-]/g, '_'));
    const backlog = new Backlog(
      {
        ...{ memoryBytesMax, spoolBytesMax: spool?.bytesMax ?? SPOOL_BYTES_MAX },
        ...(folder && { spool: folder }),
        onLost: (head) => this.#outcome(head, region, { kind: 'lost' }),
      },
      await folder?.load(),
    );
    const sender = new RegionSender({
      ...{ base, credential, clock: this.#clock, inits: this.#inits, backlog, budgetMs },
      liveBytesMax: LIVE_BYTES_MAX,
      onOutcome: (head, outcome) => this.#outcome(head, region, outcome),
    });
    const region: Region = { name, sender, backlog, trouble: undefined };
    return region;
  }

  #spoolFolder(directory: string, name: string): SpoolFolder {
    return new SpoolFolder(join(directory, name), nodeDigester, (error) =>
      this.#log.warn('the spool fails; what is missed stays in memory', errorFields(error)),
    );
  }

  async #restoreInits(folder: SpoolFolder): Promise<void> {
    this.#initSpool = folder;
    for (const { head, file } of await folder.load()) {
      const bytes = await folder.read(file);
      const found = bytes && inspectInit(bytes, nodeDigester);
      if (bytes === undefined || found?.kind !== 'init') continue;
      this.#inits.remember({ parcel: { ...head, bytes }, init: found.init });
    }
  }

  #take({ parcel, verdict }: Accepted): void {
    const { track, kind, bytes, receivedAtMs } = parcel;
    const { number, defects, mediaEndMs } = verdict;
    const delayMs = mediaEndMs === undefined ? undefined : receivedAtMs - mediaEndMs;
    if (kind === 'segment')
      this.#tracks.arrived({ track, number, defects, delayMs: isPlausible(delayMs) ? delayMs : undefined });
    if (kind === 'init' && this.#inits.get(parcel.path)?.parcel === parcel)
      void this.#initSpool?.write(headOf(parcel), () => bytes, nodeDigester.sha256Hex(parcel.path));
    this.#metrics.received(parcel, verdict);
    this.#options.onEvent?.({ kind: 'received', parcel, verdict });
    for (const { sender } of this.#regions) sender.send(parcel);
  }

  #outcome(head: ParcelHead, region: Region, outcome: RegionOutcome): void {
    this.#tracks.outcome(head, region.name, outcome);
    this.#metrics.outcome(head, region.name, outcome);
    if (outcome.kind === 'refused') region.trouble = `${outcome.status} ${head.path}: ${outcome.detail}`;
    if (outcome.kind === 'waiting') region.trouble = `${outcome.reason} ${head.path}`;
    this.#options.onEvent?.({ kind: 'outcome', head, region: region.name, outcome });
  }

  #tear(path: string): void {
    this.#torn++;
    this.#metrics.torn();
    this.#options.onEvent?.({ kind: 'torn', path });
  }
}

interface Region {
  readonly name: string;
  readonly sender: RegionSender;
  readonly backlog: Backlog;
  trouble: string | undefined;
}

/** Short enough for a live line: `127.0.0.1:8081`. */
export function regionName(base: URL): string {
  return base.host + base.pathname.replace(/\/$/, '');
}

/** Media time that does not count from 1970 tells no delay. */
function isPlausible(delayMs: number | undefined): boolean {
  return delayMs !== undefined && Math.abs(delayMs) < DELAY_MS_MAX;
}
