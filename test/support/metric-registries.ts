import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { writeHealth } from '../../edge/agent/health-files';
import { EdgeMetrics, RegionMetrics } from '../../embedded/metrics';
import { PublisherMetrics } from '../../publisher/metrics';

/** A metric as a process tells it. */
export interface ToldMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

export const PORTS = ['region', 'edge', 'publisher', 'agent'] as const;
export type Port = (typeof PORTS)[number];

/** Everything that each kind of process tells, those of the Node runtime too. */
export async function toldMetrics(): Promise<Readonly<Record<Port, readonly ToldMetric[]>>> {
  const region = new RegionMetrics({ storedBytes: () => 0, memoryBytes: () => 0, held: () => 0 });
  return {
    region: await ofRegistry(region.registry),
    edge: await ofRegistry(new EdgeMetrics(() => 0).registry),
    publisher: await ofRegistry(new PublisherMetrics(() => []).registry),
    agent: metricsOf(agentText(), () => []),
  };
}

async function ofRegistry(registry: Registry): Promise<readonly ToldMetric[]> {
  return metricsOf(await registry.metrics(), (name) => {
    // prom-client keeps the names; its types do not say so.
    const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: readonly string[] };
    return labelNames;
  });
}

function metricsOf(text: string, labelsOf: (name: string) => readonly string[]): readonly ToldMetric[] {
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \1 (\S+)$/gm)].map(
    ([, name = '', help = '', type = '']) => ({ name, type, help, labels: labelsOf(name) }),
  );
}

function agentText(): string {
  const directory = mkdtempSync(join(tmpdir(), 'headwater-metrics-'));
  try {
    const counts = { events: 0, heardAtMs: 0, failures: 0, bans: 0, bansLeft: 0 };
    writeHealth(directory, { ...counts, lastFailure: undefined }, 0, 0);
    return readFileSync(join(directory, 'headwater-edge-agent.prom'), 'utf8');
  } finally {
    rmSync(directory, { recursive: true });
  }
}
