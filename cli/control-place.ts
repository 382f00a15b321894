import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { CliError, EXIT } from './cli-error';
import { EMBEDDED } from './embedded-defaults';
import { parseBaseUrl } from './option-parsers';
import { secretOf } from './secret';

/** Where a control plane is, as options and environment say it. */
export interface ControlOptions {
  readonly control?: URL;
  readonly controlTokenFile?: string;
}

export interface ControlPlace {
  readonly url: URL;
  readonly token: string;
}

const URL_VARIABLE = 'HEADWATER_CONTROL';
/** The variable of the token: the command line is visible to every process of the machine. */
export const TOKEN_VARIABLE = 'HEADWATER_CONTROL_TOKEN';
export const TOKEN_FILE_FLAG = '--control-token-file';

/** The options of every command that talks to a control plane. */
export function controlOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--control <url>', 'base URL of a region (embedded) or of the control API')
        .env(URL_VARIABLE)
        .argParser(parseBaseUrl),
    )
    .option(`${TOKEN_FILE_FLAG} <file>`, `operator's token, in place of ${TOKEN_VARIABLE}`);
}

/** The options of every command that only looks. */
export function viewOptions(command: Command): Command {
  return controlOptions(command.option('--json', "for programs: the control plane's answer", false));
}

export interface ViewOptions extends ControlOptions {
  readonly json: boolean;
}

/**
 * Which control plane is meant. Without a URL it is the embedded run whose data directory is here; its token is read from
 * there too, and goes to this machine alone.
 * @param directory the working directory
 * @throws CliError that says how to name one.
 */
export function controlPlace(
  { control, controlTokenFile }: ControlOptions,
  directory: string = process.cwd(),
): ControlPlace {
  const kept = join(directory, EMBEDDED.data, EMBEDDED.tokenFile);
  const isHere = existsSync(kept);
  if (control === undefined && !isHere)
    throw new CliError(
      `no deployment: name one with --control URL or ${URL_VARIABLE}; or work where \`headwater start\` runs ` +
        `(there is no ${kept}).`,
      EXIT.usage,
    );
  const url = control ?? new URL(`http://${EMBEDDED.host}:${EMBEDDED.edgePort}`);
  const isGiven = controlTokenFile !== undefined || (process.env[TOKEN_VARIABLE] ?? '') !== '';
  const file = !isGiven && isHere && isLoopback(url) ? kept : controlTokenFile;
  return { url, token: secretOf(TOKEN_VARIABLE, TOKEN_FILE_FLAG, file) };
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
