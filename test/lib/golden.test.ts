import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { templatesOf, TWO_ACCOUNTS } from './templates';

const DIRECTORY = join(__dirname, 'golden');
const UPDATES = process.env['UPDATE_GOLDEN'] !== undefined;

/** The template without what changes with every line of code: contents of bundles and of edge functions. */
function normalised(template: Template): string {
  const text = JSON.stringify(template.toJSON(), (name, value: unknown) =>
    name === 'FunctionCode' ? '(built from edge/)' : value,
  );
  const steady = text.replaceAll(/[0-9a-f]{64}/g, '(asset)');
  return `${JSON.stringify(JSON.parse(steady), null, 1)}\n`;
}

/**
 * What a deployment of two regions is made of, whole, so that a review of a change sees everything it does to an account.
 * `UPDATE_GOLDEN=1 npx jest test/lib/golden` writes the files anew.
 */
describe('the template of', () => {
  const { home, away, edge, edgeSync } = templatesOf();
  const { serveHome: serve } = templatesOf(TWO_ACCOUNTS);
  const templates = Object.entries({ home, away, edge, edgeSync, serve }) as [string, Template][];

  it.each(templates)('%s is the one that was reviewed', (stack, template) => {
    const file = join(DIRECTORY, `${stack}.json`);
    const got = normalised(template);
    if (UPDATES) {
      mkdirSync(DIRECTORY, { recursive: true });
      writeFileSync(file, got);
    }
    expect(got).toBe(readFileSync(file, 'utf8'));
  });
});
