import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { CliError } from './cli-error';
import { costCommand } from './cost';
import { doctorCommand } from './doctor';
import { edgeAgentCommand } from './edge-agent';
import { edgeSetupCommand } from './edge-setup';
import { eventCommand } from './event';
import { publishCommand } from './publish';
import { startCommand } from './start';
import { tokenCommand } from './token';

/**
 * The command line. Each command is a file; what it needs is loaded when it runs.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const program = new Command('headwater')
    .description('A live-streaming origin: redundant packagers PUT, a CDN GETs the first valid copy.')
    .version(version)
    .showHelpAfterError('(headwater --help, or headwater <command> --help, says more)')
    .exitOverride();
  program.addCommand(startCommand());
  program.addCommand(publishCommand());
  program.addCommand(eventCommand());
  program.addCommand(doctorCommand());
  program.addCommand(edgeSetupCommand());
  program.addCommand(edgeAgentCommand());
  program.addCommand(costCommand());
  program.addCommand(tokenCommand());
  try {
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`headwater: ${describe(error)}\n`);
    return 1;
  }
}

/** What is expected to go wrong says what to do; anything else is a defect, and its stack says where. */
function describe(error: unknown): string {
  if (error instanceof CliError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
