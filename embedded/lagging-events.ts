import type { EventRecord } from '../origin/events/event-record';
import type { Clock } from '../origin/ports/clock';
import type { EventStore } from '../origin/ports/event-store';

/** Events as a replica that is behind has them. */
export interface LaggingEvents extends Pick<EventStore, 'read'> {
  /** Milliseconds; 0: as they are. */
  lagMs: number;
}

interface State {
  readonly sinceMs: number;
  readonly record: EventRecord | undefined;
}

/** States of one event that are remembered while its replica lags. */
const STATES_MAX = 64;

/** What one region reads of events: the store itself, unless somebody makes it lag. */
export function laggingEvents(store: Pick<EventStore, 'read'>, clock: Clock): LaggingEvents {
  const known = new Map<string, State[]>();
  const lagging: LaggingEvents = {
    lagMs: 0,
    async read(key, knownRevision) {
      if (lagging.lagMs === 0) {
        known.clear();
        return store.read(key, knownRevision);
      }
      const nowMs = clock.nowMs();
      const read = await store.read(key);
      const states = known.get(`${key.tenant}/${key.event}`) ?? [];
      known.set(`${key.tenant}/${key.event}`, states);
      note(states, { sinceMs: nowMs, record: read === 'unchanged' ? undefined : read });
      const { record } = states.findLast(({ sinceMs }) => sinceMs <= nowMs - lagging.lagMs) ?? first(states);
      return record !== undefined && record.head.revision === knownRevision ? 'unchanged' : record;
    },
  };
  return lagging;
}

function note(states: State[], state: State): void {
  if (states.length > 0 && states.at(-1)?.record?.head.revision === state.record?.head.revision) return;
  states.push(state);
  if (states.length > STATES_MAX) states.shift();
}

/** The oldest state is what was there when the lag began. */
function first(states: readonly State[]): Pick<State, 'record'> {
  return states[0] ?? { record: undefined };
}
