import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PORTS, toldMetrics } from '../support/metric-registries';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const dashboard = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'docs', 'grafana', 'headwater.json'), 'utf8'),
) as { readonly panels: readonly Panel[] };
const asked = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

/** Metrics and the labels that an expression asks of them; a histogram's buckets count as the histogram. */
function used(expr: string): { readonly names: string[]; readonly labels: string[] } {
  const names = [...expr.matchAll(/headwater_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
  const matched = [...expr.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
  return { names, labels: [...grouped, ...matched] };
}

describe('docs/grafana/headwater.json', () => {
  it.each(asked)('%s: asks for metrics and labels that there are', async (_, expr) => {
    const told = Object.values(await toldMetrics()).flat();
    const { names, labels } = used(expr);
    expect(names.length).toBeGreaterThan(0);
    const known = told.filter(({ name }) => names.includes(name));
    expect(new Set(known.map(({ name }) => name))).toEqual(new Set(names));
    // `instance` is Prometheus' own, `le` a histogram's.
    const there = new Set([...known.flatMap((metric) => metric.labels), 'instance', 'le']);
    expect(labels.filter((label) => !there.has(label))).toEqual([]);
  });

  it('shows something of every port', async () => {
    const told = await toldMetrics();
    const names = new Set(asked.flatMap(([, expr]) => used(expr).names));
    for (const port of PORTS)
      expect([port, told[port].some(({ name }) => names.has(name))]).toEqual([port, true]);
  });

  it('lays no panel over another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});
