import { request } from 'undici';
import * as v from 'valibot';
import type { EventKey } from '../origin/candidate';
import { parseConfiguration } from '../origin/events/configuration';
import { compileEvent, scheduleOf, type LiveEvent, type Representation } from '../origin/events/live-event';
import { readNumber, readTime } from '../origin/events/template';
import { cancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';
import { numberAtTime } from '../origin/schedule/media-time';

/** What the publisher knows of events beyond the bytes it sees. Without a control plane: nothing. */
export interface EventKnowledge {
  /** At once, from memory; undefined while (or because) it is not known. */
  of(key: EventKey): LiveEvent | undefined;
}

export const NO_KNOWLEDGE: EventKnowledge = { of: () => undefined };

export interface ControlPlane {
  readonly url: URL;
  /** Operator's token with read access. */
  readonly token: string;
  /** Asked for before anything is published; others when their first segment comes, which is inspected without. */
  readonly event?: EventKey;
}

/** A configuration changes seldom; a wrong one would only make this side's verdict poorer, never the origin's. */
const REFRESH_MS = 10_000;
const ANSWER_MS_MAX = 3000;
const EVENTS_MAX = 16;

const answerSchema = v.object({ version: v.number(), configuration: v.unknown() });

interface Known {
  event: LiveEvent | undefined;
  nextMs: number;
}

/** Reads events' configurations from the control plane, in the background: nobody waits for it. */
export class ControlPlaneKnowledge implements EventKnowledge {
  readonly #control: ControlPlane;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(control: ControlPlane, clock: Clock) {
    this.#control = control;
    this.#clock = clock;
  }

  /** Resolves when the event of the options is known, or could not be had in time. */
  async ready(): Promise<void> {
    const { event } = this.#control;
    if (event === undefined) return;
    const known: Known = { event: undefined, nextMs: this.#clock.nowMs() + REFRESH_MS };
    this.#known.set(`${event.tenant}/${event.event}`, known);
    await this.#refresh(event, known);
  }

  of(key: EventKey): LiveEvent | undefined {
    const name = `${key.tenant}/${key.event}`;
    const known = this.#known.get(name) ?? { event: undefined, nextMs: 0 };
    const nowMs = this.#clock.nowMs();
    if (nowMs >= known.nextMs && (this.#known.has(name) || this.#known.size < EVENTS_MAX)) {
      this.#known.set(name, known);
      known.nextMs = nowMs + REFRESH_MS;
      void this.#refresh(key, known);
    }
    return known.event;
  }

  async #refresh({ tenant, event }: EventKey, known: Known): Promise<void> {
    const { url, token } = this.#control;
    const base = url.href.replace(/\/$/, '');
    const abort = new AbortController();
    const answered = cancelSource();
    void this.#clock.sleepUntil(this.#clock.nowMs() + ANSWER_MS_MAX, answered).then(() => abort.abort());
    try {
      const answer = await request(`${base}/control/v1/tenants/${tenant}/events/${event}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: abort.signal,
      });
      const body: unknown = await answer.body.json();
      if (answer.statusCode === 200) known.event = readEvent({ tenant, event }, body) ?? known.event;
    } catch {
      // What was known stays; the next segment after REFRESH_MS asks again.
    } finally {
      answered.cancel();
    }
  }
}

/** @returns undefined for what is no event of this version: then bytes alone are inspected. */
export function readEvent(key: EventKey, answer: unknown): LiveEvent | undefined {
  const read = v.safeParse(answerSchema, answer);
  const parsed = read.success ? parseConfiguration(read.output.configuration) : undefined;
  if (!read.success || parsed === undefined || 'faults' in parsed) return undefined;
  const { initialSegmentNumber = 0, regions = [] } = parsed.configuration;
  const configuration = { ...parsed.configuration, initialSegmentNumber, regions };
  if (scheduleOf(configuration) === undefined) return undefined;
  const { version } = read.output;
  const times = { createdAtMs: 0, updatedAtMs: 0 };
  return compileEvent({
    head: { ...key, configuration, revision: 1, configurationRevision: 1, version, ...times },
    entries: [],
  });
}

/** Where a path stands in its event. */
export interface Place {
  readonly representation: Representation;
  readonly number: number;
}

/**
 * The segment that a path names, by number or, with the track's timescale, by time.
 * @returns undefined for other paths.
 */
export function placeOf(event: LiveEvent, path: string, timescale: number | undefined): Place | undefined {
  for (const representation of event.representations.values()) {
    const number = readNumber(representation.media, path);
    if (typeof number === 'number') return { representation, number };
    const ticks = representation.ingestMedia && readTime(representation.ingestMedia, path);
    const known = timescale ?? representation.configuration.timescale;
    if (ticks === undefined || known === undefined) continue;
    const byTime = numberAtTime(event, representation, ticks, known);
    if (byTime !== undefined) return { representation, number: byTime };
  }
  return undefined;
}
