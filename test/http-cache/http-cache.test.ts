import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseGroup } from '../../edge/appliance/group';
import { startStandaloneEdge } from '../../embedded/standalone-edge';
import { startAppliance } from '../appliance/appliance';
import failures from './failures.json';
import { PathMap } from './path-map';
import { installCacheSuite, publishedPasses, runCacheSuite, startCacheOrigin, type CacheTest } from './suite';

type EdgeName = 'node' | 'appliance';

interface TestedEdge {
  readonly url: string;
  stop(): Promise<void>;
}

const START: Readonly<Record<EdgeName, (region: string) => Promise<TestedEdge>>> = {
  node: (region) =>
    startStandaloneEdge({
      ...{ host: '127.0.0.1', port: 0, token: 'of no value', cacheBytes: 64e6 },
      ...{ origins: [new URL(region)], controls: [new URL(region)] },
    }),
  appliance: (region) =>
    startAppliance(
      parseGroup(JSON.stringify({ regions: [{ name: 'suite', url: region }], memoryMegabytes: 64 })),
    ),
};

/** By edge and by the reason in docs/edge.md: tests that fail, in the suite's words. */
const FAILURES: Readonly<Record<EdgeName, Readonly<Record<string, Readonly<Record<string, string>>>>>> =
  failures;

const folder = installCacheSuite();
const results: Partial<Record<EdgeName, readonly CacheTest[]>> = {};

/** Rows of the page's table whose header begins with `column`: cells as text. */
function tableOf(column: string): readonly (readonly string[])[] {
  const [, section = ''] = readFileSync(join(__dirname, '../../docs/edge.md'), 'utf8').split(`| ${column} `);
  const [table = ''] = section.split('\n\n');
  const rows = table.trimEnd().split('\n').slice(2);
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** A row of the page: how many tests of a kind there are, and pass. */
function passesOf(kind: CacheTest['kind']): readonly (string | number)[] {
  const { node = [], appliance = [] } = results;
  const tests = node.filter((test) => test.kind === kind);
  const passed = (of: readonly CacheTest[]) =>
    of.filter((test) => test.kind === kind && test.failure === undefined).length;
  const published = (cache: string) =>
    tests.filter(({ id }) => publishedPasses(folder, cache).has(id)).length;
  return [kind, tests.length, passed(node), passed(appliance), published('nginx'), published('varnish')];
}

describe.each<EdgeName>(['node', 'appliance'])('the suite of cache-tests.fyi before the %s edge', (name) => {
  it('every test passes, or fails as failures.json has it', async () => {
    const origin = await startCacheOrigin(folder);
    const map = new PathMap(origin.url);
    let edge: TestedEdge | undefined;
    try {
      edge = await START[name](await map.startRegion());
      results[name] = await runCacheSuite(folder, await map.startClientSide(edge.url));
    } finally {
      await edge?.stop();
      map.close();
      origin.stop();
    }
    const failed = results[name].flatMap(({ id, failure }) => (failure === undefined ? [] : [[id, failure]]));
    const expected = Object.values(FAILURES[name]).flatMap((those) => Object.entries(those));
    expect(results[name].length).toBeGreaterThan(300);
    expect(Object.fromEntries(failed)).toEqual(Object.fromEntries(expected));
  });
});

describe('docs/edge.md', () => {
  it('says how many pass', () => {
    const shown = tableOf('tests').map(([kind = '', ...counts]) => [kind, ...counts.map(Number)]);
    const kinds = ['required', 'optimal', 'check'] as const;
    expect(shown).toEqual(kinds.map(passesOf));
  });

  it('has a reason for every failure', () => {
    const { node, appliance } = FAILURES;
    const reasons = new Set([...Object.keys(node), ...Object.keys(appliance)]);
    const count = (of: Readonly<Record<string, object>>, reason: string) =>
      String(Object.keys(of[reason] ?? {}).length);
    expect(tableOf('what fails').map(([what, ofNode, ofAppliance]) => [what, ofNode, ofAppliance])).toEqual(
      [...reasons].map((reason) => [reason, count(node, reason), count(appliance, reason)]),
    );
    expect(tableOf('what fails').filter(([, , , why = '']) => why.length < 20)).toEqual([]);
  });
});
