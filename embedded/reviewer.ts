import type { Candidate } from '../origin/candidate';
import type { LiveEvent, Representation } from '../origin/events/live-event';
import type { Finding } from '../origin/flag/finding';
import { reviewSegment } from '../origin/flag/review-segment';
import type { Origin } from '../origin/origin';
import type { CandidateChange } from '../stores/embedded';
import { errorFields, type Log } from '../server/log';

/** Segments that wait for their review; beyond, the oldest goes without: live edge first. */
const WAITING_MAX = 4096;

export type OnFinding = (finding: Finding, event: LiveEvent, representation: Representation) => void;

/**
 * Reviews segments beside their neighbours as candidates come in: what the stream processor is on AWS. One at a time,
 * after the PUT was acknowledged; two pipelines' copies that come together are one review.
 */
export class Reviewer {
  readonly #origin: Origin;
  readonly #onFinding: OnFinding;
  readonly #log: Log;
  readonly #waiting = new Map<string, Candidate>();
  #working: Promise<void> | undefined;

  constructor(origin: Origin, onFinding: OnFinding, log: Log) {
    this.#origin = origin;
    this.#onFinding = onFinding;
    this.#log = log;
  }

  /** Takes a change of the candidate store; its own flags need no second look. Never throws. */
  readonly take = ({ cause, after }: CandidateChange): void => {
    if (cause === 'flag') return;
    const key = `${after.tenant}/${after.event}/${after.representation}/${after.number}`;
    this.#waiting.set(key, after);
    if (this.#waiting.size > WAITING_MAX) this.#waiting.delete(this.#waiting.keys().next().value ?? key);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  };

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async #work(): Promise<void> {
    // Not in the turn of the write that was announced: its PUT is answered first.
    await new Promise((resolve) => setImmediate(resolve));
    for (const [key, candidate] of this.#waiting) {
      this.#waiting.delete(key);
      await this.#review(candidate).catch((error: unknown) =>
        this.#log.warn('a review failed', { key, ...errorFields(error) }),
      );
    }
  }

  async #review(candidate: Candidate): Promise<void> {
    const event = await this.#origin.events.get(candidate);
    const representation = event?.representations.get(candidate.representation);
    // The event ended meanwhile, or its configuration changed: nobody will ask for it.
    if (event === undefined || representation === undefined) return;
    for (const finding of await reviewSegment(this.#origin, event, representation, candidate.number))
      this.#onFinding(finding, event, representation);
  }
}
