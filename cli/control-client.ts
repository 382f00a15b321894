import { request } from 'undici';
import { CliError } from './cli-error';
import { secretOf } from './secret';

/** Options of every command that talks to a control plane. */
export interface ControlOptions {
  readonly control: URL;
  readonly controlTokenFile?: string;
}

/** The variable of the token: the command line is visible to every process of the machine. */
const TOKEN_VARIABLE = 'HEADWATER_CONTROL_TOKEN';
export const TOKEN_FILE_OPTION = [
  '--control-token-file <file>',
  `operator's token, in place of ${TOKEN_VARIABLE}`,
] as const;

export interface ControlAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Calls the control plane of a region.
 * @param path behind `/control/v1/`
 * @param json the body, already JSON
 * @throws CliError when it cannot be reached, or answers 300 and more.
 */
export async function callControl(
  { control, controlTokenFile }: ControlOptions,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  json?: string,
): Promise<ControlAnswer> {
  const token = secretOf(TOKEN_VARIABLE, '--control-token-file', controlTokenFile);
  const url = `${control.href.replace(/\/$/, '')}/control/v1/${path}`;
  const answer = await request(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(json !== undefined && { body: json }),
  }).catch((error: unknown) => {
    throw new CliError(`${url}: ${(error as Error).message}`);
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new CliError(`${url} answered ${answer.statusCode}: ${text.trim()}`);
  return { status: answer.statusCode, text };
}
