import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../../cli/cli-error';
import { headwaterProgram, pathOf } from '../../cli/program';
import { LEGEND } from '../../cli/timeline-lines';

const DOCS = readFileSync(join(__dirname, '..', '..', 'docs', 'cli.md'), 'utf8');

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

/** As docs/cli.md has it. */
function usageOf(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const shown = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${shown}>` : `[${shown}]`;
  });
  return [...pathOf(command), ...words].join(' ');
}

describe('docs/cli.md', () => {
  const commands = leaves(headwaterProgram());

  it.each(commands.map((command) => [pathOf(command).join(' '), command] as const))(
    'says what `%s` does, in the words of its help',
    (_, command) => {
      const row = DOCS.split('\n').find((line) => line.startsWith(`| \`${usageOf(command)}\` `));
      expect(row?.split('|')[2]?.trim()).toBe(command.description());
    },
  );

  it('has no command that is none', () => {
    const rows = [...DOCS.matchAll(/^\| `(headwater [^`]*)` /gm)].map(([, usage]) => usage);
    expect(rows.sort()).toEqual(commands.map(usageOf).sort());
  });

  it('has every exit code', () => {
    const codes = [...DOCS.matchAll(/^\| (\d) +\| /gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });

  it('has the legend of the timeline', () => {
    expect(DOCS).toContain(LEGEND.join('\n'));
  });

  it.each(commands.map((command) => [pathOf(command).join(' '), command] as const))(
    '%s has examples in its help, or its group has',
    (_, command) => {
      const texts: string[] = [];
      for (let one: Command | null = command; one !== null; one = one.parent) {
        one.configureOutput({ writeOut: (text) => texts.push(text) });
        one.outputHelp();
      }
      expect(texts.join('')).toMatch(new RegExp(`\\$ .*${pathOf(command).slice(0, 2).join(' ')}`));
    },
  );
});
