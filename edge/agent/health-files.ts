import { join } from 'node:path';
import type { AgentHealth } from './edge-agent';
import { replaceFile } from './event-files';

/** An agent that has heard nothing for so long is worth a look; the appliance goes on with what it knows. */
const LATE_MS = 30_000;
/** The schedule is told to the millisecond: off by a segment, every answer of the guard is wrong. */
const CLOCK_OFF_MS_MAX = 2000;

/** health.json, of which nginx shows a part at /healthz. */
export interface ShownHealth extends AgentHealth {
  /** `ok`, or what is worth a look. */
  readonly status: string;
  /** When it was written. */
  readonly atMs: number;
  /** By which an origin's clock is ahead of this machine's, within a second. */
  readonly clockOffsetMs: number;
}

/** What nginx answers at /healthz, and what a Prometheus node exporter reads (textfile collector). */
export function writeHealth(
  directory: string,
  health: AgentHealth,
  clockOffsetMs: number,
  nowMs: number,
): void {
  const shown: ShownHealth = {
    status: statusOf(health, clockOffsetMs, nowMs),
    ...{ atMs: nowMs, clockOffsetMs },
    ...health,
  };
  replaceFile(join(directory, 'health.json'), `${JSON.stringify(shown)}\n`);
  replaceFile(join(directory, 'headwater-edge-agent.prom'), metricsText(health, clockOffsetMs));
}

function statusOf({ heardAtMs }: AgentHealth, clockOffsetMs: number, nowMs: number): string {
  if (nowMs - heardAtMs > LATE_MS) return 'origins not heard';
  return Math.abs(clockOffsetMs) > CLOCK_OFF_MS_MAX ? 'clock off' : 'ok';
}

function metricsText(
  { events, heardAtMs, failures, bans, bansLeft }: AgentHealth,
  clockOffsetMs: number,
): string {
  return [
    metric('events', 'gauge', 'Events that nginx knows.', events),
    metric('heard_timestamp_seconds', 'gauge', 'When every event was last heard of.', heardAtMs / 1000),
    metric('clock_offset_seconds', 'gauge', "By which an origin's clock is ahead.", clockOffsetMs / 1000),
    metric('failures_total', 'counter', 'Origins, files and bans that failed.', failures),
    metric('bans_total', 'counter', 'Bans that Varnish took.', bans),
    metric('bans_left', 'gauge', 'Bans to repeat.', bansLeft),
  ].join('');
}

function metric(name: string, type: string, help: string, value: number): string {
  const full = `headwater_edge_agent_${name}`;
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`;
}
