import { run } from '../../cli';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process; what it says is kept from the test's own output. */
export async function headwater(...argv: readonly string[]): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const into = (lines: string[]) => (text: string | Uint8Array) => lines.push(String(text)) > 0;
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(into(out)),
    jest.spyOn(process.stderr, 'write').mockImplementation(into(err)),
  ];
  try {
    const code = await run(['node', 'headwater', ...argv]);
    return { code, out: out.join(''), err: err.join('') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
