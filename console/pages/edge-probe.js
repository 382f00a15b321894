// @ts-check
import { segmentPath } from './explain-words.js';
import { parseDictionary } from './segment-record.js';
/** @import { TimelineModel } from './timeline-model.js' */

/** Without an answer, or with an error, the next try is no sooner. */
const PAUSE_MS = 1000;
const TIMEOUT_MS = 12_000;
/** Numbers of which the delay is kept. */
const KEPT_MAX = 300;
/** After the instant from which a request is held: clocks and wires are not exact. */
const MARGIN_MS = 150;

/**
 * How long after its media ended a segment is at the edge: asks for the next segment of the smallest representation as a
 * player does, head only, and notes when the held answer comes.
 */
export class EdgeProbe {
  /** Milliseconds by number. @type {Map<number, number>} */
  delays = new Map();
  #model;
  #liveUrl;
  #eventName;

  /** @param {TimelineModel} model @param {string} liveUrl @param {string} eventName */
  constructor(model, liveUrl, eventName) {
    this.#model = model;
    this.#liveUrl = liveUrl;
    this.#eventName = eventName;
  }

  /** @param {() => any} configuration of the event @param {() => number} nowMs by the origin's clock */
  async run(configuration, nowMs) {
    let next = NaN;
    for (;;) {
      const told = configuration();
      const due = this.#model.numberAt(nowMs());
      next = Math.max(Number.isFinite(next) ? next : due, due, told?.initialSegmentNumber ?? 0);
      const early = told === undefined ? NaN : this.#opensAtMs(told, next) + MARGIN_MS - nowMs();
      const comes = next <= (told?.finalSegmentNumber ?? Infinity);
      const reached = !document.hidden && comes && early <= 0 && (await this.#ask(told, next, nowMs));
      if (reached) next++;
      else await new Promise((resolve) => setTimeout(resolve, early > 0 ? early : PAUSE_MS));
    }
  }

  /** Before it, the edge says that it is too early. @param {any} configuration @param {number} number */
  #opensAtMs({ publish }, number) {
    const dueMs = this.#model.mediaEndMs(number) + publish.delayMs;
    return Math.max(dueMs - this.#model.segmentMs, dueMs - publish.holdMs);
  }

  /** @param {any} configuration @param {number} number @param {() => number} nowMs @returns {Promise<boolean>} */
  async #ask(configuration, number, nowMs) {
    const [smallest] = [...configuration.representations].sort(
      (left, right) => (left.bandwidth ?? 0) - (right.bandwidth ?? 0),
    );
    if (smallest === undefined || !Number.isFinite(number)) return false;
    const path = segmentPath(configuration, smallest.id, number);
    try {
      const answer = await fetch(`${this.#liveUrl}/live/${this.#eventName}/${path}`, {
        ...{ method: 'HEAD', cache: 'no-store', credentials: 'omit' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!answer.ok) return false;
      const held = Number(parseDictionary(answer.headers.get('cmsd-static') ?? '')['ht'] ?? 0);
      // An answer that nobody waited for tells nothing of when it could have come.
      if (held > 0) this.delays.set(number, Math.round(nowMs() - this.#model.mediaEndMs(number)));
      if (this.delays.size > KEPT_MAX) this.delays.delete([...this.delays.keys()][0] ?? 0);
      return true;
    } catch {
      return false;
    }
  }
}
