import { CommanderError } from 'commander';
import { CliError, EXIT } from './cli-error';
import { headwaterProgram } from './program';
import { harmless } from './terminal';

/**
 * The command line.
 * @returns the exit code, of {@link EXIT}.
 */
export async function run(argv: readonly string[]): Promise<number> {
  surviveReaders();
  try {
    await headwaterProgram().parseAsync(argv);
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    process.stderr.write(`headwater: ${harmless(describe(error))}\n`);
    return error instanceof CliError ? error.exitCode : EXIT.failed;
  }
}

let survives = false;

/** Whoever reads along may leave (`| head`): what runs goes on, and nobody is told of it. */
function surviveReaders(): void {
  if (survives) return;
  survives = true;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}

/** What is expected to go wrong says what to do; of anything else only those who look for it want the stack. */
function describe(error: unknown): string {
  if (error instanceof CliError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ((process.env['HEADWATER_DEBUG'] ?? '') !== '') return error.stack ?? error.message;
  return `${error.message}\n  This was not foreseen. HEADWATER_DEBUG=1 shows where it happened.`;
}
