import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS } from '../../demo/lab/catalog';

const DOCS = readFileSync(join(__dirname, '..', '..', 'docs', 'console.md'), 'utf8');

it('docs/console.md has every fault of the lab, in the words of the lab', () => {
  const rows = [...DOCS.matchAll(/^\| `([a-z-]+)` +\| (pipeline|region) +\| (.*?) +\| \S/gm)];
  expect(rows.map(([, name, scope, what]) => ({ name, scope, what }))).toEqual(
    FAULTS.map(({ name, scope, what }) => ({ name, scope, what })),
  );
});
