import { type Cancel, NEVER } from '../../origin/ports/cancel';
import { CliError } from '../cli-error';
import { type Check, checksOf, Unhealthy } from './checks';
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
 * Runs every check, tells each as soon as it is known, and deletes the event that it made, also when it is stopped.
 * @param stopped pulled when whoever started it does not want to wait any longer
 * @returns how many failed.
 */
export async function visit(options: VisitOptions, stopped: Cancel): Promise<number> {
  const { places, tenant, chunked, keep } = options;
  const hops = new Hops();
  const patient = new Patient({ tenant, event: `doctor-${Date.now().toString(36)}` }, places, hops);
  const [making, ...others] = checksOf({ patient, hops, regions: [...places.publish.keys()], chunked });
  // Not to be stopped: what is being made cannot be deleted yet.
  const isMade = await run(making, options, NEVER);
  let failed = isMade ? 0 : 1;
  // Without an event nothing else can be told.
  for (const check of isMade ? others : []) if (!(await run(check, options, stopped))) failed++;
  const removal = removalOf(patient);
  if (!keep && isMade && !(await run(removal, options, NEVER))) failed++;
  // Its making failed, and may have been done all the same.
  if (!keep && !isMade) await result(removal.run);
  await hops.close();
  return failed;
}

/** @returns whether it is well; what is not run any more, or not awaited, is told to nobody and fails nothing. */
async function run(
  { name, todo, run: look }: Check,
  { json, write }: VisitOptions,
  stopped: Cancel,
): Promise<boolean> {
  if (stopped.cancelled) return true;
  const end = new Promise<undefined>((resolve) => stopped.onCancel(() => resolve(undefined)));
  const found = await Promise.race([result(look), end]);
  if (found === undefined) return true;
  const { ok, said } = found;
  write(
    json
      ? `${JSON.stringify({ check: name, ok, said, ...(!ok && { todo }) })}\n`
      : `${ok ? 'ok  ' : 'FAIL'}  ${name}\n      ${said}\n${ok ? '' : `      ${todo}\n`}`,
  );
  return ok;
}

function removalOf(patient: Patient): Check {
  const name = `${patient.key.tenant}/${patient.key.event}`;
  return {
    name: 'control: deletes the event again',
    todo: `It is still there: \`headwater event delete ${name}\`.`,
    run: async () => {
      await patient.delete();
      return name;
    },
  };
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
