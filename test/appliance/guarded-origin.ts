import { parseGroup, type ApplianceGroup } from '../../edge/appliance/group';
import { openAgent, type RunningAgent } from '../../edge/agent/run-agent';
import type { Places } from '../../edge/appliance/places';
import { systemClock } from '../../stores/system-clock';
import { newest, type TestEvent } from '../acceptance/deployment';
import { type LiveOrigin, startLiveOrigin } from '../packagers/live-origin';
import { sleep } from './clients';
import { RegionProxy } from './region-proxy';

/** An event whose next segment is held for long, whatever the machine does meanwhile. */
export const HELD = {
  publish: { delayMs: 0, holdMs: 4000, retryDeadlineMs: 600_000 },
  timeShiftBufferDepthSeconds: 600,
};
/** A real origin of two regions, each behind a proxy that counts and can be taken away. */
export interface WatchedOrigin {
  readonly origin: LiveOrigin;
  readonly proxies: readonly RegionProxy[];
  /** Requests of all regions, the probes' aside. */
  readonly requests: () => readonly string[];
  forget(): void;
  group(more?: Readonly<Record<string, unknown>>): ApplianceGroup;
  stop(): Promise<void>;
}

export async function startWatchedOrigin(): Promise<WatchedOrigin> {
  const origin = await startLiveOrigin();
  const { regions } = origin.deployment;
  const proxies = await Promise.all(
    regions.map(({ name, serveUrl }) => new RegionProxy(name, serveUrl).start()),
  );
  return {
    ...{ origin, proxies },
    requests: () => proxies.flatMap((proxy) => proxy.requests),
    forget: () => proxies.forEach((proxy) => proxy.requests.splice(0)),
    group: (more = {}) =>
      parseGroup(
        JSON.stringify({
          regions: proxies.map(({ name, url }) => ({ name, url })),
          memoryMegabytes: 64,
          ...more,
        }),
      ),
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await origin.stop();
    },
  };
}

/** The agent of one appliance, looking when the test says so. */
export function openTestAgent(
  { origin }: WatchedOrigin,
  places: Places,
  events: readonly TestEvent[],
): RunningAgent {
  const { regions, token } = origin.deployment;
  return openAgent({
    ...{ token, places, clock: systemClock, tenants: [] },
    origins: regions.map(({ controlUrl }) => new URL(controlUrl)),
    events: events.map(({ tenant, name }) => ({ tenant, event: name })),
  });
}

/** Just after a segment has become due, with the next one's number: there are two seconds until it is due. */
export async function nextNumber(): Promise<number> {
  const number = newest() + 2;
  await sleep(number * 2000 + 20 - Date.now());
  return number;
}
