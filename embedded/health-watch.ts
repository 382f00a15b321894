import { sweep, type SweptRepresentation } from '../origin/flag/sweep';
import type { HealthState } from '../origin/flag/health';
import type { Origin } from '../origin/origin';
import { errorFields, type Log } from '../server/log';
import { Repeating } from './repeating';
import type { OnFinding } from './reviewer';

const SWEEP_EVERY_MS = 5000;

export interface HealthWatchOptions {
  readonly origin: Origin;
  readonly onFinding: OnFinding;
  /** Called after every sweep with all that is live. */
  readonly onSwept: (swept: readonly SweptRepresentation[]) => void;
  readonly log: Log;
}

/**
 * Looks every 5 s for what never arrived, and says so when a pipeline's state changes: what the function `sweep` does once a
 * minute on AWS. What a former run of the process missed is not told again.
 */
export function startHealthWatch({ origin, onFinding, onSwept, log }: HealthWatchOptions): Repeating {
  let sinceMs = origin.clock.nowMs();
  let states: ReadonlyMap<string, HealthState> = new Map();
  return new Repeating(origin.clock, SWEEP_EVERY_MS, async () => {
    const untilMs = origin.clock.nowMs();
    try {
      const { swept, failures } = await sweep(origin, { sinceMs, untilMs });
      sinceMs = untilMs;
      for (const { event, representation, findings } of swept)
        for (const finding of findings) onFinding(finding, event, representation);
      states = tellChanges(origin.local.region, states, swept, log);
      onSwept(swept);
      for (const { event, error } of failures)
        log.warn('an event was not swept', { ...event, ...errorFields(error) });
    } catch (error) {
      log.warn('a sweep for health failed', errorFields(error));
    }
    return undefined;
  });
}

/** One line when a pipeline gets worse or better, not one for every sweep. @returns the states as they are now. */
function tellChanges(
  region: string,
  before: ReadonlyMap<string, HealthState>,
  swept: readonly SweptRepresentation[],
  log: Log,
): ReadonlyMap<string, HealthState> {
  const states = new Map<string, HealthState>();
  for (const { event, representation, health } of swept) {
    for (const { pipeline, state, ...counts } of health) {
      const subject = { ...event.key, representation: representation.configuration.id, pipeline };
      const name = Object.values(subject).join('/');
      const told = state === 'idle' ? 'ok' : state;
      states.set(name, told);
      if (told !== (before.get(name) ?? 'ok'))
        log.warn('the state of a pipeline has changed', { region, ...subject, state, ...counts });
    }
  }
  return states;
}
