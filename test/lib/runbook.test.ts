import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { templatesOf } from './templates';

const ARTICLES = [
  ...readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8').matchAll(
    /^## (\w+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/gm,
  ),
].map(([, name = '', text = '']) => ({ name, text }));

/** Of every stack: each alarm's description ends with its article. */
function alarmArticles(): string[] {
  const { home, away, edge, edgeSync } = templatesOf();
  const alarms = [home, away, edge, edgeSync].flatMap((template) =>
    Object.values(template?.findResources('AWS::CloudWatch::Alarm') ?? {}),
  ) as { Properties: { AlarmDescription: string } }[];
  return [
    ...new Set(
      alarms.map(
        ({ Properties }) =>
          / See docs\/runbook\.md#(\w+)\.$/.exec(Properties.AlarmDescription)?.[1] ?? '(none)',
      ),
    ),
  ].sort();
}

describe('docs/runbook.md', () => {
  it('has an article for each alarm, and none for an alarm that is no more', () => {
    expect(alarmArticles()).toEqual(ARTICLES.map(({ name }) => name.toLowerCase()).sort());
  });

  it.each(ARTICLES)(
    '$name says what it means, what viewers notice, what to look at and what to do',
    ({ text }) => {
      for (const part of ['**Means** ', '**Viewers** ', '**Look at** ', '**Do** '])
        expect(text).toContain(part);
    },
  );
});
