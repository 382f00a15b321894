import { ControlSource } from '../edge/agent/control-source';
import { Configurations } from '../edge/node/configurations';
import { jsonResponse } from '../http/problem';
import type { Clock } from '../origin/ports/clock';
import { errorFields, jsonLog } from '../server/log';
import { systemClock } from '../stores/system-clock';
import { EdgePort } from './edge-port';

export interface StandaloneEdgeOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Base URLs of what serves media, the nearest first. */
  readonly origins: readonly URL[];
  /** Base URLs of control planes, the nearest first. */
  readonly controls: readonly URL[];
  /** Operator's Bearer token; one that may read is enough. */
  readonly token: string;
  /** Sent to the origins with every request: what they ask of a CDN. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the cache. */
  readonly cacheBytes: number;
  readonly clock?: Clock;
  /** Where warnings go, a line of JSON each. Default: standard error. */
  readonly writeLog?: (line: string) => void;
}

export interface StandaloneEdge {
  readonly url: string;
  stop(): Promise<void>;
}

const GRACE_MS = 2000;

/**
 * An edge in a process of its own in front of regions, on this machine or others: a storm of viewers takes its event loop,
 * not that of PUTs. What the embedded run shares in memory it asks of a control plane.
 * @throws node's error (EADDRINUSE, EACCES) when the port cannot be had.
 */
export async function startStandaloneEdge(options: StandaloneEdgeOptions): Promise<StandaloneEdge> {
  const { host, port, origins, controls, token, cacheBytes, headers, clock = systemClock } = options;
  const log = jsonLog(clock, options.writeLog ?? ((line) => void process.stderr.write(line)));
  const source = new ControlSource(controls, token, () => clock.nowMs());
  const configurations = new Configurations({
    ...{ source, clock },
    onFailed: (error) => log.warn('no control plane could be heard', errorFields(error)),
  });
  const names = origins.map(({ host: name }) => name);
  const edge = new EdgePort({
    ...{ host, port, clock, log },
    edge: {
      regions: origins.map(({ origin, host: name }) => ({ name, url: origin, ...(headers && { headers }) })),
      configurationOf: (key) => configurations.of(key),
      cacheBytes,
    },
    // It answers from its cache while no region can be asked, so it is well as long as it runs.
    health: () => jsonResponse(200, { status: 'ok', origins: names, events: configurations.size }),
    paths: '/live/..., /healthz or /metrics',
  });
  const close = async () => {
    await edge.stop(GRACE_MS);
    await source.close();
  };
  try {
    await edge.start();
  } catch (error) {
    await close();
    throw error;
  }
  return { url: edge.url, stop: close };
}
