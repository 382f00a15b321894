import type { LiveEvent } from '../origin/events/live-event';
import { HEALTH_WINDOW, healthOf, type HealthState } from '../origin/flag/health';
import { hearWindow } from '../origin/flag/hear-window';
import { liveEdge } from '../origin/schedule/schedule';
import type { ControlCall } from './control-call';
import type { HttpResponse } from './message';
import { jsonResponse } from './problem';

const WORST_FIRST: readonly HealthState[] = ['down', 'degraded', 'ok', 'idle'];

/** `GET .../health`: what each pipeline contributed of late, representation by representation, in all regions. */
export async function health({ origin }: ControlCall, event: LiveEvent): Promise<HttpResponse> {
  const nowMs = origin.clock.nowMs();
  const to = liveEdge(event.schedule, nowMs);
  const from = Math.max(event.schedule.initialSegment, to - HEALTH_WINDOW + 1);
  const told = await Promise.all(
    [...event.representations].map(async ([representation, compiled]) => {
      const heard = await hearWindow(origin, event, compiled, from, to);
      const pipelines = healthOf(event, compiled, heard, nowMs);
      return { representation, unheard: heard.unheard, pipelines };
    }),
  );
  const stateOf = (pipeline: string) => {
    const states = told.flatMap(({ pipelines }) =>
      pipelines.filter((one) => one.pipeline === pipeline).map(({ state }) => state),
    );
    return WORST_FIRST.find((state) => states.includes(state));
  };
  return jsonResponse(200, {
    window: { from, to },
    // A pipeline is as well as the worst of what it contributes.
    pipelines: event.configuration.pipelines.map((pipeline) => ({ pipeline, state: stateOf(pipeline) })),
    unheard: [...new Set(told.flatMap(({ unheard }) => unheard))],
    representations: told.map(({ representation, pipelines }) => ({ representation, pipelines })),
  });
}
