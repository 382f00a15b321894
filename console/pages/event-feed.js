// @ts-check
import { BLOCK, blockOf } from './timeline-model.js';
/** @import { ControlClient } from './control-client.js' */
/** @import { Health } from './event-status.js' */
/** @import { TimelineModel } from './timeline-model.js' */

/** Between two looks at the newest segments. */
const NEWEST_MS = 1000;
/** Between two looks at what is dearer: health, masks, history. */
const HEALTH_MS = 4000;
/** Numbers before the live edge that every look brings anew: what is late, or flagged, is mostly among them. */
const TAIL = 16;
/** Numbers after the live edge: the next one may be there already. */
const NEXT = 2;
/** A block that is in view is brought anew this often: flags and late copies change what is old. */
const REFRESH_MS = 20_000;

/**
 * @typedef {object} FeedListener
 * @property {(full: boolean) => void} onTimeline the model has changed; full: more than its newest numbers
 * @property {(health: Health) => void} onHealth
 * @property {() => void} onRevision masks, notices or the configuration have changed
 * @property {(error: unknown) => void} onTrouble
 * @property {() => { from: number, to: number }} inView numbers that are seen now
 */

/**
 * Keeps a model up to date: the newest numbers every second, older blocks when they come into view, the rest of the window
 * one at a time. Nothing is asked while nobody looks at the page.
 */
export class EventFeed {
  #client;
  #model;
  #listener;
  /** Of what is under way while the page is seen. */
  #seen = new AbortController();
  #healthAtMs = -Infinity;
  #refreshedAtMs = -Infinity;
  #toldRevision = NaN;
  /** When the newest answer came, by this machine's clock; how old what is seen may be. */
  heardAtMs = NaN;
  /** Milliseconds that the origin's clock is ahead of this machine's, and how exact that is. */
  #clock = { offsetMs: 0, withinMs: Infinity };

  /** @param {ControlClient} client @param {TimelineModel} model @param {FeedListener} listener */
  constructor(client, model, listener) {
    this.#client = client;
    this.#model = model;
    this.#listener = listener;
  }

  start() {
    const onVisibility = () => {
      if (document.hidden) this.#seen.abort();
      else this.#run();
    };
    document.addEventListener('visibilitychange', onVisibility);
    if (!document.hidden) this.#run();
  }

  /** Looks now: something was changed from this page. */
  lookNow() {
    this.#healthAtMs = -Infinity;
    this.#refreshedAtMs = -Infinity;
  }

  /** The origin's clock: what o'clock it is where segments are due. UTC milliseconds. */
  nowMs() {
    return Date.now() + this.#clock.offsetMs;
  }

  /** The quickest answer tells best; a clock that was set since is heard of after a while. */
  #hearClock(/** @type {number} */ originMs, /** @type {number} */ askedMs, /** @type {number} */ heardMs) {
    const withinMs = (heardMs - askedMs) / 2;
    this.#clock.withinMs *= 1.02;
    if (withinMs <= this.#clock.withinMs)
      this.#clock = { offsetMs: originMs - (askedMs + heardMs) / 2, withinMs: Math.max(1, withinMs) };
  }

  #run() {
    this.#seen.abort();
    this.#seen = new AbortController();
    const { signal } = this.#seen;
    void this.#repeat(signal);
    void this.#fillHistory(signal);
  }

  /** @param {AbortSignal} signal */
  async #repeat(signal) {
    while (!signal.aborted) {
      try {
        await this.#lookAtNewest(signal);
        if (performance.now() - this.#healthAtMs >= HEALTH_MS) {
          this.#healthAtMs = performance.now();
          this.#listener.onHealth(await this.#client.get('health', { signal }));
        }
      } catch (error) {
        if (!signal.aborted) this.#listener.onTrouble(error);
      }
      await pause(NEWEST_MS, signal);
    }
  }

  /** @param {AbortSignal} signal */
  async #lookAtNewest(signal) {
    const { liveEdge } = this.#model;
    // The answer to the first one tells where the live edge is.
    const range = Number.isFinite(liveEdge)
      ? { from: String(Math.max(0, liveEdge - TAIL)), to: String(liveEdge + NEXT + 1) }
      : {};
    const askedMs = Date.now();
    const answer = await this.#client.get('grid', { query: { ...range, measures: '' }, signal });
    this.#hearClock(answer.nowMs, askedMs, Date.now());
    // After a night with the page hidden, the edge is elsewhere than where was looked.
    const far = Number.isFinite(liveEdge) && answer.liveEdge > liveEdge + NEXT;
    this.#model.apply(answer);
    if (far) this.#model.apply(await this.#client.get('grid', { query: { measures: '' }, signal }));
    this.heardAtMs = Date.now();
    this.#listener.onTimeline(false);
    this.#tellRevision();
  }

  /** Whichever answer brings a revision first: an older block may be ahead of the newest numbers. */
  #tellRevision() {
    if (Object.is(this.#model.revision, this.#toldRevision)) return;
    this.#toldRevision = this.#model.revision;
    this.#listener.onRevision();
  }

  /** What is in view first, then the rest of the window. @param {AbortSignal} signal */
  async #fillHistory(signal) {
    while (!signal.aborted) {
      const block = this.#nextBlock();
      if (block === undefined) {
        await pause(NEWEST_MS / 4, signal);
        continue;
      }
      try {
        const query = { from: String(block * BLOCK), to: String(block * BLOCK + BLOCK - 1) };
        this.#model.apply(await this.#client.get('grid', { query, signal }));
        this.#listener.onTimeline(true);
        this.#tellRevision();
        // What nobody looks at yet shall not keep an origin busy.
        const { from, to } = this.#listener.inView();
        if (block < blockOf(from) || block > blockOf(to)) await pause(NEWEST_MS / 4, signal);
      } catch {
        // The look at the newest, which fails too, tells of it.
        await pause(NEWEST_MS, signal);
      }
    }
  }

  /** @returns {number | undefined} */
  #nextBlock() {
    const { from, to } = this.#listener.inView();
    const model = this.#model;
    if (!Number.isFinite(model.liveEdge)) return undefined;
    if (performance.now() - this.#refreshedAtMs > REFRESH_MS) {
      this.#refreshedAtMs = performance.now();
      model.markStale(from, to);
    }
    return model.blocksWanted(from, to)[0] ?? model.blocksWanted(model.windowStart, model.liveEdge)[0];
  }
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} early when the signal aborts */
function pause(ms, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
