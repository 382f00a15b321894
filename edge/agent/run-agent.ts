import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { EventKey } from '../../origin/candidate';
import type { Clock } from '../../origin/ports/clock';
import { adminSocket, eventsDirectory, type Places } from '../appliance/places';
import { ControlSource } from './control-source';
import { EdgeAgent, type AgentHealth } from './edge-agent';
import { EventFiles, replaceFile } from './event-files';
import { writeHealth } from './health-files';
import { VarnishBans } from './varnish-bans';

export interface AgentRun {
  /** Base URLs of control planes, the nearest first. */
  readonly origins: readonly URL[];
  readonly token: string;
  readonly events: readonly EventKey[];
  readonly tenants: readonly string[];
  readonly places: Places;
  readonly clock: Clock;
}

/** The agent with its files, its origins and Varnish. */
export interface RunningAgent {
  /** Looks once at everything. Never rejects. */
  step(): Promise<AgentHealth>;
  close(): Promise<void>;
}

const handledFile = v.record(v.string(), v.array(v.string()));

/** @throws node's error when the state directory cannot be had. */
export function openAgent({ origins, token, events, tenants, places, clock }: AgentRun): RunningAgent {
  mkdirSync(eventsDirectory(places), { recursive: true });
  const handledPath = join(places.state, 'handled.json');
  const source = new ControlSource(origins, token, () => clock.nowMs());
  const varnish = new VarnishBans(adminSocket(places));
  const agent = new EdgeAgent({
    ...{ source, sink: new EventFiles(eventsDirectory(places)), events, tenants },
    ban: (expression) => varnish.ban(expression),
    nowMs: () => clock.nowMs(),
    handled: readHandled(handledPath),
  });
  let written = '';
  return {
    async step() {
      await agent.step();
      const { health } = agent;
      try {
        const handled = JSON.stringify(agent.handled);
        // What is still to be repeated counts as not handled: after a crash it is begun again.
        if (handled !== written && health.bansLeft === 0) replaceFile(handledPath, handled);
        written = handled;
        writeHealth(places.state, health, source.clockOffsetMs, clock.nowMs());
      } catch (error) {
        // A full disk: nginx keeps what it has, and the next step tries again.
        written = '';
        return { ...health, failures: health.failures + 1, lastFailure: (error as Error).message };
      }
      return health;
    },
    async close() {
      await source.close();
      await varnish.close();
    },
  };
}

/** @returns nothing for a file that is not there or cannot be read: then all that origins tell is handled again. */
function readHandled(path: string): Readonly<Record<string, readonly string[]>> {
  try {
    return v.parse(handledFile, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}
