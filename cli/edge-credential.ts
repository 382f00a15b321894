import { EDGE_CREDENTIAL_HEADER } from '../lambdas/serve/environment';
import { CliError, EXIT } from './cli-error';
import { secretOf } from './secret';

const VARIABLE = 'HEADWATER_EDGE_CREDENTIAL';
const FLAG = '--credential-file';

export const EDGE_CREDENTIAL_OPTION = [
  `${FLAG} <file>`,
  `what the regions' serve API asks of a CDN, in place of ${VARIABLE}`,
] as const;

/** @returns undefined where none is given: the embedded run asks for none. */
export function edgeCredential(file: string | undefined) {
  if (file === undefined && (process.env[VARIABLE] ?? '') === '') return undefined;
  const value = secretOf(VARIABLE, FLAG, file);
  // It stands between quotation marks in nginx's configuration, where $ would begin a variable.
  if (/["$\\]/.test(value)) throw new CliError(`${FLAG}: wanted no ", $ or \\ in it.`, EXIT.usage);
  return { header: EDGE_CREDENTIAL_HEADER, value };
}
