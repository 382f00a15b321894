import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PIPELINE_METRICS, REQUEST_MS, REQUESTS, SERVICES } from '../../lambdas/metric-names';
import { PORTS, toldMetrics, type ToldMetric } from '../support/metric-registries';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'metrics.md'), 'utf8');

/** The units of Prometheus' naming convention that we use; what counts things has none. */
const UNIT = /_(seconds|bytes)(_total)?$/;
/** Ticks have no base unit: their timescale is the track's. */
const UNITLESS = ['headwater_pipeline_audio_phase_ticks'];
const FOREIGN_UNIT = /_(ms|milliseconds|minutes|kb|mb|kilobytes|megabytes|bits|ticks)(_|$)/;

const rows = [...PAGE.matchAll(/^\| `(headwater_\w+)` +\| (\w+) +\| ([\w, ]*?) *\| ([\w, ]+?) +\|/gm)].map(
  ([, name = '', type = '', labels = '', ports = '']) =>
    `${name} ${type} {${labels}} ${ports.split(', ').toSorted().join(', ')}`,
);

async function ours(): Promise<readonly (ToldMetric & { readonly ports: readonly string[] })[]> {
  const told = await toldMetrics();
  const byName = new Map<string, ToldMetric & { readonly ports: string[] }>();
  for (const port of PORTS)
    for (const metric of told[port].filter(({ name }) => name.startsWith('headwater_'))) {
      const known = byName.get(metric.name) ?? { ...metric, ports: [] };
      known.ports.push(port);
      byName.set(metric.name, known);
    }
  return [...byName.values()];
}

it('docs/metrics.md has every metric, with its type, labels and ports, and no other', async () => {
  const told = (await ours()).map(
    ({ name, type, labels, ports }) =>
      `${name} ${type} {${labels.join(', ')}} ${[...ports].toSorted().join(', ')}`,
  );
  expect(rows.toSorted()).toEqual(told.toSorted());
});

it('every one explains itself', async () => {
  for (const { name, help } of await ours()) expect([name, help.length > 10]).toEqual([name, true]);
});

it('names follow the convention of Prometheus: base units, _total for counters alone', async () => {
  const told = await ours();
  const counters = told.filter(({ type }) => type === 'counter').map(({ name }) => name);
  expect(told.map(({ name }) => name).filter((name) => name.endsWith('_total'))).toEqual(counters);
  const foreign = told.filter(({ name }) => FOREIGN_UNIT.test(name)).map(({ name }) => name);
  expect(foreign).toEqual(UNITLESS);
  const histograms = told.filter(({ type }) => type === 'histogram').map(({ name }) => name);
  expect(histograms.filter((name) => !UNIT.test(name))).toEqual([]);
});

it('no label is for what clients may invent', async () => {
  const labels = new Set((await ours()).flatMap((metric) => metric.labels));
  const refused = ['path', 'url', 'number', 'segment', 'address', 'user_agent', 'query', 'host'];
  expect(refused.filter((label) => labels.has(label))).toEqual([]);
});

it('has every metric of CloudWatch, with the services that count it', () => {
  const told = [...PAGE.matchAll(/^\| `([A-Z]\w+)` +\| ([\w, -]+?) +\|/gm)].map(([, name, services]) => [
    name,
    services,
  ]);
  expect(Object.fromEntries(told)).toEqual({
    ...PIPELINE_METRICS,
    Shed: SERVICES.serve,
    Unreadable: `${SERVICES.streamProcessor}, ${SERVICES.edgeSync}`,
    [REQUESTS]: SERVICES.serve,
    [REQUEST_MS]: SERVICES.serve,
  });
});
