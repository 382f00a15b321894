import { CliError } from './cli-error';

/**
 * What people meet when they start a server, with the way out.
 * @param optionOf the option that chooses a port, where it is known which port it was
 * @returns undefined for what has nothing to do with listening.
 */
export function listenError(
  error: unknown,
  optionOf: (port: number | undefined) => string,
): CliError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code === 'EADDRINUSE')
    return new CliError(
      `port ${port ?? '?'} is in use. Stop what listens there, or choose another with ${optionOf(port)}.`,
    );
  if (code === 'EADDRNOTAVAIL')
    return new CliError('no such address here: --host names one of this machine.');
  if (code === 'EACCES' && syscall === 'listen')
    return new CliError(
      `no permission for port ${port ?? '?'}: below 1024 they need root. ${optionOf(port)} chooses another.`,
    );
  return undefined;
}
