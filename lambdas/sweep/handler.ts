import type { ScheduledEvent } from 'aws-lambda';
import { sweep } from '../../origin/flag/sweep';
import type { Origin } from '../../origin/origin';
import { reportFindings } from '../finding-report';
import type { Telemetry } from '../telemetry';
import { SWEEP_EVERY_MS } from './environment';

/**
 * Once a minute: what never arrived. The span is that of the schedule's own times, so that spans join whatever the delay of
 * an invocation, and a retry looks at the same numbers.
 */
export function sweepHandler(origin: Origin, telemetry: Pick<Telemetry, 'log' | 'count'>) {
  return async ({ time }: Pick<ScheduledEvent, 'time'>): Promise<void> => {
    const untilMs = Date.parse(time);
    if (Number.isNaN(untilMs)) throw new Error(`time: wanted an ISO 8601 time, got ${JSON.stringify(time)}`);
    const span = { sinceMs: untilMs - SWEEP_EVERY_MS, untilMs };
    const { swept, failures } = await sweep(origin, span);
    for (const { event, representation, findings, health } of swept) {
      const subject = { ...event.key, representation: representation.configuration.id };
      reportFindings(telemetry, subject, findings);
      for (const { pipeline, state, ...counts } of health) {
        if (state === 'ok' || state === 'idle') continue;
        const metric = state === 'down' ? 'Down' : 'Degraded';
        telemetry.count(metric, { ...event.key, pipeline });
        // Of all together too: an alarm cannot watch pipelines that are not known when it is deployed.
        telemetry.count(metric, {});
        telemetry.log.warn(state, { ...subject, pipeline, ...counts });
      }
    }
    for (const { event, error } of failures)
      telemetry.log.error('an event was not swept', { ...event, error });
    // The alarm on a function's errors is how anybody learns of it; the others were swept.
    if (failures.length > 0) throw new Error(`${failures.length} events were not swept`);
  };
}
