import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { consolePages } from '../console/files';
import type { Clock } from '../origin/ports/clock';
import type { Invalidation, Invalidator } from '../origin/ports/invalidator';
import { openEmbeddedEvents, type Durability, type EmbeddedEventStores } from '../stores/embedded';
import { nodeDigester } from '../stores/node-digester';
import { systemClock } from '../stores/system-clock';
import { startDemo, type Demo } from './demo';
import { FaultLab } from '../demo/lab/fault-lab';
import { EdgeServer } from './edge-server';
import { labRegions } from './lab-regions';
import { jsonLog, type Log } from '../server/log';
import { Region } from './region';
import { regionGate } from './region-gate';
import { readSecret, writeSecret } from './secrets';

export type { Demo, DemoFeed, PublishingPoint } from './demo';
export type { Region } from './region';

export interface HeadwaterOptions {
  /** Everything that outlives the process; created when absent. */
  readonly dataDirectory: string;
  /** 0: any that is free. */
  readonly edgePort: number;
  /** The first is the nearest to the edge. */
  readonly regions: readonly { readonly name: string; readonly port: number }[];
  /** Loopback unless given: nothing here speaks TLS. */
  readonly host?: string;
  /** Bearer token of the control plane; made, and kept in the data directory, unless given. */
  readonly controlToken?: string;
  /** Runs the demo's event and its two pipelines. */
  readonly demo: boolean;
  /** Lets operators break things on purpose. Default: with the demo. */
  readonly lab?: boolean;
  /** What an acknowledged PUT survives: the process (default) or the machine too. */
  readonly durability?: Durability;
  /** Bytes of a region's files; beyond, the oldest go. Default 10 GiB. */
  readonly maxBytes?: number;
  /** Bytes of the newest segments that a region keeps in memory. Default 64 MiB. */
  readonly memoryBytesMax?: number;
  /** Bytes of one PUT. Default 16 MiB. */
  readonly segmentBytesMax?: number;
  readonly clock?: Clock;
  /** Where warnings go, a line of JSON each. Default: standard error. */
  readonly writeLog?: (line: string) => void;
}

export interface Headwater {
  readonly edgeUrl: string;
  readonly regions: readonly Region[];
  readonly controlToken: string;
  /** Absent without `demo`. */
  readonly demo: Demo | undefined;
  /** Absent without `lab`. */
  readonly lab: FaultLab | undefined;
  /** Ends in order: what is under way is answered, then ports and stores close. */
  stop(): Promise<void>;
}

const TOKEN_FILE = 'control-token';
const TOKEN_BITS = 192;
const GRACE_MS = 2000;

/**
 * Starts the single-machine origin: the events all regions share, each region with its own stores and port, and the
 * edge in front of them.
 * @throws DirectoryRefused, or node's error (EADDRINUSE, EACCES); what was opened is closed again.
 */
export async function startHeadwater(options: HeadwaterOptions): Promise<Headwater> {
  const { dataDirectory, host = '127.0.0.1', clock = systemClock } = options;
  mkdirSync(dataDirectory, { recursive: true });
  const opened: (() => Promise<void>)[] = [];
  const stop = async () => {
    // One that fails must not leave the others open, or the process would never end.
    const failures: unknown[] = [];
    for (const close of opened.splice(0).reverse())
      await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const stores = openEmbeddedEvents({ directory: join(dataDirectory, 'events'), clock });
    opened.push(() => stores.close());
    const controlToken = options.controlToken ?? keptToken(dataDirectory);
    const log = jsonLog(clock, options.writeLog ?? ((line) => void process.stderr.write(line)));
    const invalidator = new EdgeInvalidator();
    const hasLab = options.lab ?? options.demo;
    const administratorDigests = [nodeDigester.sha256Hex(controlToken)];
    const regions = makeRegions({ ...options, host, clock, log, administratorDigests, stores, invalidator });
    for (const region of regions) {
      await region.start();
      opened.push(() => region.stop(GRACE_MS));
    }
    const shared = { host, regions, events: stores.events, clock, log };
    const edge = new EdgeServer({
      ...{ ...shared, port: options.edgePort, administratorDigests },
      page: consolePages({ liveUrl: '', metricsUrl: '/metrics', lab: hasLab }),
    });
    await edge.start();
    opened.push(() => edge.stop(GRACE_MS));
    invalidator.to(edge);
    const [first] = regions;
    const demo = options.demo && first ? await startDemo(regions, first.origin, dataDirectory) : undefined;
    if (demo !== undefined) opened.push(() => demo.stop());
    const lab = hasLab ? openLab(regions, edge, demo, clock) : undefined;
    // Before all else ends: a region that was stopped on purpose must not start again in the middle.
    if (lab !== undefined) opened.push(() => lab.mendAll());
    return { edgeUrl: edge.url, regions, controlToken, demo, lab, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function openLab(
  regions: readonly Region[],
  edge: EdgeServer,
  demo: Demo | undefined,
  clock: Clock,
): FaultLab {
  const feeds = demo?.feeds ?? [];
  const pipelines = feeds.map(({ pipeline }) => pipeline);
  const lab = new FaultLab({ clock, pipelines, regions: labRegions(regions, edge, clock) });
  if (demo !== undefined)
    for (const { faults, pipeline } of feeds) Object.assign(faults, lab.feedFaults(pipeline, demo.asset));
  edge.openLab(lab);
  return lab;
}

interface RegionsOptions extends HeadwaterOptions {
  readonly host: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly administratorDigests: readonly string[];
  readonly stores: EmbeddedEventStores;
  readonly invalidator: EdgeInvalidator;
}

function makeRegions(options: RegionsOptions): readonly Region[] {
  const { host, clock, log, stores, invalidator, durability = 'process' } = options;
  const { maxBytes = 10 * 2 ** 30, memoryBytesMax = 64 * 2 ** 20, segmentBytesMax = 16 * 2 ** 20 } = options;
  const placed = options.regions.map((region) => ({ ...region, gate: regionGate(region.name) }));
  return placed.map(
    ({ name, port, gate }) =>
      new Region({
        ...{ host, port, gate, clock, log, durability, maxBytes, memoryBytesMax, segmentBytesMax },
        directory: join(options.dataDirectory, 'regions', name),
        peers: placed.filter((other) => other.gate !== gate).map((other) => other.gate),
        events: stores.events,
        credentials: stores.credentials,
        operatorTokens: stores.operatorTokens,
        administratorDigests: options.administratorDigests,
        invalidator,
      }),
  );
}

/** The one cache in front of the regions. It comes after them. */
class EdgeInvalidator implements Invalidator {
  #edge: EdgeServer | undefined;

  to(edge: EdgeServer): void {
    this.#edge = edge;
  }

  invalidate(invalidation: Invalidation): Promise<void> {
    this.#edge?.invalidate(invalidation);
    return Promise.resolve();
  }
}

function keptToken(directory: string): string {
  const kept = readSecret(directory, TOKEN_FILE);
  if (kept !== undefined && kept !== '') return kept;
  const token = nodeDigester.randomToken(TOKEN_BITS);
  writeSecret(directory, TOKEN_FILE, token);
  return token;
}
