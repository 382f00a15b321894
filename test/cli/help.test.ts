import type { Command } from 'commander';
import { reflow } from '../../cli/help-text';
import { headwaterProgram, pathOf } from '../../cli/program';
import { headwater } from '../support/command-line';

const NARROW = 60;

function all(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(all)];
}

describe('help', () => {
  it.each(all(headwaterProgram()).map((command) => [pathOf(command).join(' '), command] as const))(
    'of %s fits a narrow terminal, but for what is to be copied',
    (_, command) => {
      const texts: string[] = [];
      // What is said beside it comes from every group above.
      for (let one: Command | null = command; one !== null; one = one.parent)
        one.configureOutput({ writeOut: (text) => texts.push(text), getOutHelpWidth: () => NARROW });
      command.outputHelp();
      const lines = texts.join('').split('\n');
      const prose = lines.filter(
        (line, at) => !/^ +\$ |^Usage: /.test(line) && !(lines[at - 1] ?? '').endsWith('\\'),
      );
      const legend = /^(?:c clean|a capital letter)/;
      expect(prose.filter((line) => line.length > NARROW && !legend.test(line) && !isCopied(line))).toEqual(
        [],
      );
    },
  );

  /** Further lines of an example that goes on. */
  const isCopied = (line: string) => /^ {6}--/.test(line);

  it('wraps prose, and leaves what is to be copied and what stands in columns', () => {
    const text = [
      '',
      'One two three',
      'four.',
      '',
      'Examples:',
      '  $ a command \\',
      '      --that goes on',
      '      Does it',
    ];
    expect(reflow(text.join('\n'), 10).split('\n')).toEqual([
      '',
      'One two',
      'three',
      'four.',
      '',
      'Examples:',
      '  $ a command \\',
      '      --that goes on',
      '      Does',
      '      it',
    ]);
    expect(reflow('c clean  l late  d defective', 10)).toBe('c clean  l late  d defective');
  });

  it.each([
    [['help', 'mask', 'add'], 0, 'Usage: headwater mask add [options] <event> <pipeline>'],
    [['help'], 0, 'Usage: headwater [options] [command]'],
    [['help', 'mask', 'paint'], 2, 'help: wanted one of add, list, remove, got paint'],
    [
      ['mask', 'add'],
      2,
      "headwater: missing required argument 'event'\nUsage: headwater mask add [options] <event>",
    ],
    [['strat'], 2, "headwater: unknown command 'strat'\n(Did you mean start?)"],
    [['doctor'], 2, 'wanted --control, --cdn and one --publish'],
    [['publish', '--to', 'http://127.0.0.1:9'], 2, 'no secret: set HEADWATER_SECRET'],
  ])('%j says how it is meant', async (argv, code, wanted) => {
    const said = await headwater(...argv);
    expect([said.code, said.out + said.err]).toEqual([code, expect.stringContaining(wanted)]);
  });
});
