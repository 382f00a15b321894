import { readFileSync } from 'node:fs';
import { CliError, EXIT } from './cli-error';

/** The command line is visible to every process of the machine; the environment and files are not. */
export function secretOf(variable: string, option: string, file: string | undefined): string {
  const secret = file === undefined ? process.env[variable] : readSecretFile(option, file);
  const trimmed = secret?.trim() ?? '';
  if (trimmed === '')
    throw new CliError(`no secret: set ${variable}, or name a file with ${option}.`, EXIT.usage);
  if (!/^[\x21-\x7e]+$/.test(trimmed))
    throw new CliError(`${option} or ${variable}: wanted printable ASCII without spaces.`, EXIT.usage);
  return trimmed;
}

function readSecretFile(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${option}: ${(error as Error).message}`);
  }
}
