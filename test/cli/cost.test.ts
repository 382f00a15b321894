import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { estimate, type CostQuestion } from '../../cli/cost/estimate';
import { PRICES } from '../../cli/cost/prices';
import { parseConfiguration } from '../../origin/events/configuration';
import { temporaryDirectory } from '../support/temporary-directory';

const ROOT = join(__dirname, '..', '..');
const EXAMPLE = 'docs/examples/final.json';

function headwater(...arguments_: string[]) {
  return spawnSync(process.execPath, ['bin/headwater.js', 'cost', ...arguments_], {
    cwd: ROOT,
    encoding: 'utf8',
  });
}

function question(changes: Partial<CostQuestion> = {}): CostQuestion {
  const parsed = parseConfiguration(JSON.parse(readFileSync(join(ROOT, EXAMPLE), 'utf8')));
  if ('faults' in parsed) throw new Error('the example is refused');
  const { configuration } = parsed;
  return {
    configuration,
    regions: 2,
    hours: 3,
    viewers: 0,
    fetches: 1,
    serveThrough: 'api-gateway',
    ...changes,
  };
}

const sum = (asked: CostQuestion) =>
  estimate(asked, PRICES).reduce((total, { dollars }) => total + dollars, 0);
const lineOf = (asked: CostQuestion, what: string) =>
  estimate(asked, PRICES).find((line) => line.what === what);

describe('what an event costs', () => {
  it('counts a PUT for each segment, pipeline and region', () => {
    expect(lineOf(question(), 'PUTs')?.quantity).toBe(5400 * 12 * 2 * 2);
  });

  it('grows with its hours in proportion', () => {
    expect(sum(question({ hours: 6 }))).toBeCloseTo(2 * sum(question()), 6);
  });

  it('has no API Gateway before serve on a Function URL', () => {
    expect(lineOf(question({ serveThrough: 'function-url' }), 'GETs of the CDN')).toBeUndefined();
  });

  it('charges the bytes to a CDN that is not CloudFront, for each fetch', () => {
    const bytes = (asked: CostQuestion) => lineOf(asked, 'bytes to your CDN')?.quantity ?? 0;
    const { representations } = question().configuration;
    const bits = representations.reduce((all, { bandwidth = 0 }) => all + bandwidth, 0);
    expect(bytes(question())).toBeCloseTo((bits * 0.8 * 10_800) / 8 / 1e9, 6);
    expect(bytes(question({ fetches: 10 }))).toBeCloseTo(10 * bytes(question()), 6);
    expect(bytes(question({ viewers: 1 }))).toBe(0);
  });

  it('has instances that wait in every region, on which computing is cheaper', () => {
    const waiting = question({ provisioned: { serve: 50, ingest: 20 } });
    // 1024 MB and 1769 MB, two regions, three hours.
    expect(lineOf(waiting, 'serve, provisioned')?.quantity).toBeCloseTo(50 * 2 * 10_800, 6);
    expect(lineOf(waiting, 'ingest, provisioned')?.quantity).toBeCloseTo(20 * 2 * 10_800 * (1769 / 1024), 6);
    expect(lineOf(waiting, 'serve, compute')?.dollars).toBeLessThan(
      lineOf(question(), 'serve, compute')?.dollars ?? 0,
    );
  });

  it('writes to a hot zone what its region is sent, and reads there instead', () => {
    const hot = estimate(question({ hotZones: 1 }), PRICES).filter(({ service }) => service === 'S3 Express');
    expect(hot.find(({ what }) => what === 'segments written')?.quantity).toBe((5400 * 12 * 2 * 2) / 2);
    expect(estimate(question({ hotZones: 1 }), PRICES)).not.toContainEqual(
      expect.objectContaining({ service: 'S3', what: 'segments read' }),
    );
  });

  it('has no line of CloudFront behind another CDN, and counts the bytes of every viewer behind it', () => {
    const services = (asked: CostQuestion) => estimate(asked, PRICES).map(({ service }) => service);
    expect(services(question())).not.toContain('CloudFront');
    // 6 Mbit/s and 128 kbit/s, 80 % of them on average, for 3 h.
    expect(lineOf(question({ viewers: 1 }), 'bytes to viewers')?.quantity).toBeCloseTo(6.618, 3);
  });
});

describe('headwater cost', () => {
  it('prints what docs/cost.md shows', () => {
    const { status, stdout } = headwater('--config', EXAMPLE, '--hours', '3');
    expect(status).toBe(0);
    const [, shown] = /```text\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/cost.md'), 'utf8')) ?? [];
    expect(stdout).toBe(shown);
  });

  it('takes other prices by name and refuses what is none', () => {
    const directory = temporaryDirectory();
    const prices = join(directory, 'prices.json');
    writeFileSync(prices, '{"s3Put": 0}');
    const { stdout } = headwater('--config', EXAMPLE, '--prices', prices, '--json');
    const { lines } = JSON.parse(stdout) as { lines: { what: string; dollars: number }[] };
    expect(lines.find(({ what }) => what === 'segments written')?.dollars).toBe(0);
    writeFileSync(prices, '{"s3Putt": 1}');
    const refused = headwater('--config', EXAMPLE, '--prices', prices);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('s3Putt')]);
  });

  it.each([
    ['no such file', ['--config', 'nowhere.json'], 1, 'nowhere.json: wanted a file of JSON'],
    ['a file that is no configuration', ['--config', 'package.json'], 1, 'segmentTemplate: wanted'],
    ['no configuration', [], 2, '--config <file>'],
    [
      'instances that are no two numbers',
      ['--config', EXAMPLE, '--provisioned', '50'],
      2,
      'Wanted two whole',
    ],
    ['no time', ['--config', EXAMPLE, '--hours', '0'], 2, 'Wanted a number above 0'],
  ])('says what is wrong with %s', (_, options, status, text) => {
    const result = headwater(...options);
    expect([result.status, result.stderr]).toEqual([status, expect.stringContaining(text)]);
  });
});
