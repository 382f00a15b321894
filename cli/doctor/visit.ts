import { CliError } from '../cli-error';
import { checksOf, Unhealthy } from './checks';
import { Hops } from './hop';
import { Patient, type Places } from './patient';

export interface VisitOptions {
  readonly places: Places;
  readonly tenant: string;
  readonly chunked: boolean;
  readonly keep: boolean;
  readonly json: boolean;
  readonly write: (text: string) => void;
}

/**
 * Runs every check, tells each as soon as it is known, and deletes the event that it made.
 * @returns how many failed.
 */
export async function visit({ places, tenant, chunked, keep, json, write }: VisitOptions): Promise<number> {
  const hops = new Hops();
  const patient = new Patient({ tenant, event: `doctor-${Date.now().toString(36)}` }, places, hops);
  const checks = checksOf({ patient, hops, regions: [...places.publish.keys()], chunked });
  let failed = 0;
  try {
    for (const [index, { name, run }] of checks.entries()) {
      const { ok, said } = await result(run);
      if (!ok) failed++;
      write(
        json
          ? `${JSON.stringify({ check: name, ok, said })}\n`
          : `${ok ? 'ok  ' : 'FAIL'}  ${name}\n      ${said}\n`,
      );
      // Without an event nothing else can be told.
      if (!ok && index === 0) return failed;
    }
  } finally {
    if (!keep) await patient.delete().catch(() => undefined);
    await hops.close();
  }
  return failed;
}

async function result(run: () => Promise<string>): Promise<{ readonly ok: boolean; readonly said: string }> {
  try {
    return { ok: true, said: await run() };
  } catch (error) {
    if (error instanceof Unhealthy || error instanceof CliError) return { ok: false, said: error.message };
    // What networks do: refused, reset, no such name.
    const { message, code = '' } = error as NodeJS.ErrnoException;
    return { ok: false, said: `${message === '' ? 'no answer' : message} ${code}`.trim() };
  }
}
