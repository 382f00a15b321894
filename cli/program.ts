import { Command, Help, Option } from 'commander';
import { version } from '../package.json';
import { completionCommand } from './completion';
import { costCommand } from './cost';
import { doctorCommand } from './doctor';
import { edgeCommand } from './edge';
import { edgeAgentCommand } from './edge-agent';
import { edgeSetupCommand } from './edge-setup';
import { eventCommand } from './event';
import { explainCommand } from './explain';
import { healthCommand } from './health';
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
    .addHelpText('after', PLACE);
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
  program.commandsGroup('This command line:').helpCommand('help [command]', 'Say more of a command.');
  return prepared(program);
}

/** What every command does with a mistake: it throws, and names the help that says more. */
function prepared(command: Command): Command {
  for (const one of command.commands) prepared(one);
  const path = pathOf(command).join(' ');
  return command
    .exitOverride()
    .showHelpAfterError(`(${path} --help says more)`)
    .configureHelp({ optionDescription });
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
