/** What the process ends with; docs/cli.md lists them. */
export const EXIT = { done: 0, failed: 1, usage: 2, loses: 3 } as const;

/** Something that the person at the keyboard can put right; the message says how. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
