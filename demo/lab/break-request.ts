import * as v from 'valibot';
import { faultsOf, name, type Fault } from '../../origin/events/configuration';

export interface BreakRequest {
  readonly fault: string;
  readonly subject: string;
  readonly representation?: string;
  readonly durationSeconds: number;
}

/** A drill is over by itself, whatever becomes of who began it. */
const DURATION_SECONDS_MAX = 600;
const DURATION_SECONDS = 20;

const schema = v.strictObject({
  fault: v.string(),
  subject: name,
  representation: v.optional(name),
  durationSeconds: v.optional(
    v.pipe(v.number(), v.integer('wanted whole seconds'), v.minValue(1), v.maxValue(DURATION_SECONDS_MAX)),
    DURATION_SECONDS,
  ),
});

/** @param catalog what can be broken, and whose it is */
export function parseBreak(
  input: unknown,
  catalog: readonly { readonly name: string; readonly subjects: readonly string[] }[],
): BreakRequest | { readonly faults: readonly Fault[] } {
  const result = v.safeParse(schema, input);
  if (!result.success) return { faults: faultsOf(result.issues) };
  const { fault, subject, representation, durationSeconds } = result.output;
  const known = catalog.find((each) => each.name === fault);
  if (known === undefined)
    return {
      faults: [
        { parameter: 'fault', wanted: catalog.map((each) => each.name).join(', '), got: fault.slice(0, 100) },
      ],
    };
  if (!known.subjects.includes(subject))
    return { faults: [{ parameter: 'subject', wanted: known.subjects.join(', '), got: subject }] };
  return { fault, subject, durationSeconds, ...(representation !== undefined && { representation }) };
}
