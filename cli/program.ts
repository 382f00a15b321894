import { Command, Help, Option } from 'commander';
import { version } from '../package.json';
import { CliError, EXIT } from './cli-error';
import { completionCommand } from './completion';
import { costCommand } from './cost';
import { doctorCommand } from './doctor';
import { edgeCommand } from './edge';
import { edgeAgentCommand } from './edge-agent';
import { edgeSetupCommand } from './edge-setup';
import { eventCommand } from './event';
import { explainCommand } from './explain';
import { healthCommand } from './health';
import { helpText } from './help-text';
import { invalidateCommand } from './invalidate';
import { labCommand } from './lab';
import { maskCommand } from './mask';
import { noticeCommand } from './notice';
import { pipelineCommand } from './pipeline';
import { preferCommand } from './prefer';
import { publishCommand } from './publish';
import { startCommand } from './start';
import { timelineCommand } from './timeline';
import { tokenCommand } from './token';

const PLACE = `
Commands about events find the deployment by --control URL or HEADWATER_CONTROL, and the operator's token by
HEADWATER_CONTROL_TOKEN or --control-token-file. Where \`headwater start\` runs with its defaults they find both by themselves.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused because viewers would lose segments. docs/cli.md says more.`;

/** Every command, in groups as people meet them. Each is a file; what it needs is loaded when it runs. */
export function headwaterProgram(): Command {
  const program = new Command('headwater')
    .description('A live-streaming origin: redundant packagers PUT, a CDN GETs the first valid copy.')
    .version(version)
    .addHelpText('after', helpText(PLACE));
  const groups: Readonly<Record<string, readonly Command[]>> = {
    'Run:': [startCommand(), publishCommand(), edgeCommand(), edgeSetupCommand(), edgeAgentCommand()],
    'Look:': [timelineCommand(), explainCommand(), healthCommand(), doctorCommand(), costCommand()],
    'Change:': [
      ...[eventCommand(), pipelineCommand(), maskCommand(), preferCommand(), invalidateCommand()],
      ...[noticeCommand(), tokenCommand()],
    ],
    'Rehearse:': [labCommand()],
    'This command line:': [completionCommand()],
  };
  for (const [group, commands] of Object.entries(groups))
    for (const command of commands) program.addCommand(command.helpGroup(group));
  program.addCommand(helpCommand(program).helpGroup('This command line:')).helpCommand(false);
  return prepared(program);
}

/** `headwater help mask add` is `headwater mask add --help`. */
function helpCommand(program: Command): Command {
  return new Command('help')
    .description('Say more of a command.')
    .argument('[command...]', 'for example mask add')
    .addHelpText('after', '\nExamples:\n  $ headwater help mask add')
    .action((names: readonly string[]) => {
      let found = program;
      for (const name of names) {
        const next = found.commands.find((command) => command.name() === name);
        if (next === undefined)
          throw new CliError(
            `help: wanted one of ${found.commands.map((command) => command.name()).join(', ')}, got ${name}`,
            EXIT.usage,
          );
        found = next;
      }
      found.help();
    });
}

/** Columns that a description has at least before it is put below its term. */
const DESCRIPTION_COLUMNS = 24;

/** What every command does with a mistake: it throws, says how it is used, and names the help that says more. */
function prepared(command: Command): Command {
  for (const one of command.commands) prepared(one);
  const path = pathOf(command).join(' ');
  return command
    .exitOverride()
    .helpCommand(false)
    .showHelpAfterError(`Usage: ${path} ${command.usage()}\n(${path} --help says more)`)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'headwater: ')) })
    .configureHelp({
      ...{ optionDescription, minWidthToWrap: DESCRIPTION_COLUMNS },
      // What it takes its own help says; here it would leave no room for what it does.
      subcommandTerm: (one) => one.name(),
    });
}

/** That a flag is not given, and a list is empty, needs no saying. */
function optionDescription(option: Option): string {
  const isPlain = option.defaultValue === false || isEmpty(option.defaultValue);
  return new Help().optionDescription(isPlain ? new Option(option.flags, option.description) : option);
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** @example `['headwater', 'mask', 'add']` */
export function pathOf(command: Command): readonly string[] {
  return [...(command.parent === null ? [] : pathOf(command.parent)), command.name()];
}
