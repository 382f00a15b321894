import { join } from 'node:path';
import type { AgentHealth } from './edge-agent';
import { replaceFile } from './event-files';

/** An agent that has heard nothing for so long is worth a look; the appliance goes on with what it knows. */
const LATE_MS = 30_000;

/** What nginx answers at /healthz, and what a Prometheus node exporter reads (textfile collector). */
export function writeHealth(directory: string, health: AgentHealth, nowMs: number): void {
  const isLate = nowMs - health.heardAtMs > LATE_MS;
  const { lastFailure, ...numbers } = health;
  const shown = { status: isLate ? 'origins not heard' : 'ok', atMs: nowMs, ...numbers, lastFailure };
  replaceFile(join(directory, 'health.json'), `${JSON.stringify(shown)}\n`);
  replaceFile(join(directory, 'headwater-edge-agent.prom'), metricsText(health));
}

function metricsText({ events, heardAtMs, failures, bans, bansLeft }: AgentHealth): string {
  return [
    metric('events', 'gauge', 'Events that nginx knows.', events),
    metric('heard_timestamp_seconds', 'gauge', 'When every event was last heard of.', heardAtMs / 1000),
    metric('failures_total', 'counter', 'Origins, files and bans that failed.', failures),
    metric('bans_total', 'counter', 'Bans that Varnish took.', bans),
    metric('bans_left', 'gauge', 'Bans to repeat.', bansLeft),
  ].join('');
}

function metric(name: string, type: string, help: string, value: number): string {
  const full = `headwater_edge_agent_${name}`;
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`;
}
