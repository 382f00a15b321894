// @ts-check
/** @import Shaka from 'shaka-player/dist/shaka-player.compiled' */
import { segmentRecord } from './segment-record.js';
import { secondsText, troubleText } from './words.js';

/** How long after a failure a load is tried again. */
const RETRY_MS = 3000;
/** How long a 410 explains that playback waits. */
const GONE_MS = 30_000;
/** How often state is brought up to date. */
const REFRESH_MS = 250;

/**
 * @typedef {object} LivePlayerOptions
 * @property {HTMLVideoElement} video
 * @property {string} eventName `demo/loop`
 * @property {string} liveUrl where /live/ is: an origin, or empty for the page's own
 * @property {'dash' | 'hls'} format
 * @property {import('./player-state.js').PlayerState} state
 * @property {() => void} onRefresh called four times a second while the player lives
 */

/** Shaka on one video element: plays an event, waits out its gaps, and records which pipeline each segment came from. */
export class LivePlayer {
  #options;
  #player = new shaka.Player();
  /** Milliseconds that the origin's clock is ahead of this machine's. */
  #clockOffsetMs = 0;
  /** When the origin last said 410, milliseconds since 1970: DASH's template has no way to tell a gap beforehand. */
  #goneAtMs = -Infinity;
  #stalledAtMs = 0;
  /** @type {number | undefined} */
  #startedAt;
  #manifestUri;

  /** @param {LivePlayerOptions} options */
  constructor(options) {
    this.#options = options;
    const manifest = options.format === 'hls' ? 'master.m3u8' : 'manifest.mpd';
    this.#manifestUri = `${options.liveUrl}/live/${options.eventName}/${manifest}`;
  }

  get shaka() {
    return this.#player;
  }

  async start() {
    shaka.polyfill.installAll();
    if (!shaka.Player.isBrowserSupported()) {
      this.#options.state.trouble =
        'This browser has no Media Source Extensions, so it cannot play the event.';
      this.#options.onRefresh();
      return;
    }
    await this.#readClock();
    await this.#player.attach(this.#options.video);
    this.#player.configure({
      streaming: {
        failureCallback: (/** @type {Shaka.util.Error} */ error) => this.#retryOrSkip(error),
        // Our times are exact: after a seek, nothing before the wanted segment is asked for.
        inaccurateManifestTolerance: 0,
        rebufferingGoal: 2,
        bufferingGoal: 12,
        retryParameters: { maxAttempts: 3, baseDelay: 250, timeout: 8000 },
      },
    });
    this.#listen();
    // A load goes on until there is a picture; what keeps it from that is told meanwhile.
    setInterval(() => this.#refresh(), REFRESH_MS);
    await this.#load();
  }

  goToLive() {
    this.#player.goToLive();
    void this.#options.video.play();
  }

  /** Latency is told by the origin's clock, since the viewer's may be wrong. */
  async #readClock() {
    try {
      const askedMs = Date.now();
      const answer = await fetch(`${this.#options.liveUrl}/live/time`, { cache: 'no-store' });
      const answeredMs = Date.now();
      const originMs = Date.parse(await answer.text());
      if (Number.isFinite(originMs)) this.#clockOffsetMs = originMs - (askedMs + answeredMs) / 2;
    } catch {
      // The manifest will meet the same trouble and tell it.
    }
  }

  async #load() {
    const { state, video, eventName, onRefresh } = this.#options;
    try {
      await this.#player.load(this.#manifestUri);
      state.trouble = undefined;
      await video.play();
    } catch (error) {
      // Another load has begun, or the browser wants a click first.
      if (error instanceof shaka.util.Error && error.code === shaka.util.Error.Code.LOAD_INTERRUPTED) return;
      if (error instanceof DOMException) return;
      state.trouble = troubleText(error, eventName);
      onRefresh();
      setTimeout(() => void this.#load(), RETRY_MS);
    }
  }

  /**
   * A failed segment is asked for again; one that is gone is left out once the buffer before it has been played.
   * @param {Shaka.util.Error} error
   */
  #retryOrSkip(error) {
    if (error.category !== shaka.util.Error.Category.NETWORK) return;
    error.severity = shaka.util.Error.Severity.RECOVERABLE;
    const { state, eventName } = this.#options;
    if (!state.started) state.trouble = troubleText(error, eventName);
    if (error.code === shaka.util.Error.Code.BAD_HTTP_STATUS && error.data[1] === 410)
      this.#goneAtMs = Date.now();
    this.#player.retryStreaming(1);
  }

  #skipGone() {
    const { video, state } = this.#options;
    // Where the next one is gone too, the seek to it goes on until that is left out as well.
    const starved = this.#player.isBuffering() || state.bufferSeconds < 0.3;
    if (!starved || Date.now() - this.#goneAtMs > GONE_MS) return;
    const newest = state.segments.at(-1);
    const duration = newest === undefined ? 1 : newest.end - newest.start;
    // A little into the next one: sound begins up to a frame after the picture.
    const next = video.currentTime + state.bufferSeconds + duration + 0.1;
    // Shaka turns back what goes nearer to the live edge than it wants to be.
    if (next > this.#player.seekRange().end) return;
    this.#goneAtMs = -Infinity;
    video.currentTime = next;
    state.tell('trouble', `gone${Date.now()}`, 'No pipeline had this segment: left out');
  }

  /** Nothing comes after what is shown. Players that hear of the end when they are there have no event for it. */
  #isAtEnd() {
    const { state, video } = this.#options;
    // Infinite while no end is known.
    const endSeconds = this.#player.getManifest()?.presentationTimeline.getDuration() ?? Infinity;
    return state.started && endSeconds - video.currentTime < 0.5;
  }

  #listen() {
    const { state, video } = this.#options;
    const player = this.#player;
    player.getNetworkingEngine()?.registerResponseFilter((_type, response, context) => {
      const segment = context && segmentRecord(response, context);
      if (segment !== undefined) state.addSegment(segment);
    });
    player.addEventListener('buffering', (event) => {
      this.#buffering(/** @type {Event & { buffering: boolean }} */ (event).buffering);
    });
    player.addEventListener('error', (event) => {
      this.#failed(/** @type {Event & { detail: Shaka.util.Error }} */ (event).detail);
    });
    video.addEventListener('timeupdate', () => {
      // The first update only tells where playback begins.
      if (!video.paused && !video.seeking) this.#startedAt ??= video.currentTime;
      state.started ||= this.#startedAt !== undefined && video.currentTime > this.#startedAt + 0.5;
    });
  }

  /** @param {boolean} buffering */
  #buffering(buffering) {
    const { state, video } = this.#options;
    if (buffering && state.started && !video.seeking && !video.paused && !this.#isAtEnd()) {
      state.stalls += 1;
      this.#stalledAtMs = Date.now();
      state.trouble = 'Waiting for the next segment…';
    } else if (!buffering) {
      state.trouble = undefined;
      if (this.#stalledAtMs === 0) return;
      const stopped = secondsText((Date.now() - this.#stalledAtMs) / 1000);
      state.tell('stall', `stall${state.stalls}`, `Playback stopped for ${stopped}`);
      this.#stalledAtMs = 0;
    }
  }

  /** @param {Shaka.util.Error} error */
  #failed(error) {
    const { state, eventName } = this.#options;
    const { Severity, Category } = shaka.util.Error;
    // Of the network, failureCallback takes care.
    if (error.severity !== Severity.CRITICAL || error.category === Category.NETWORK) return;
    const text = troubleText(error, eventName);
    state.tell('trouble', `error${Date.now()}`, text);
    state.trouble = text;
    setTimeout(() => void this.#load(), RETRY_MS);
  }

  #refresh() {
    const { state, video } = this.#options;
    state.currentTime = video.currentTime;
    const ahead = this.#player
      .getBufferedInfo()
      .total.find(({ start, end }) => start <= video.currentTime && video.currentTime <= end);
    state.bufferSeconds = ahead === undefined ? 0 : ahead.end - video.currentTime;
    this.#skipGone();
    if (this.#isAtEnd()) state.trouble = 'The event has ended.';
    const picture = state.playing('video') ?? state.playing('audio');
    if (picture?.publishedAtMs !== undefined) {
      // A segment is published when its end has been made: so its end is as old as its publication.
      const sincePublishedMs = Date.now() + this.#clockOffsetMs - picture.publishedAtMs;
      state.latencySeconds = sincePublishedMs / 1000 + picture.end - video.currentTime;
    }
    this.#options.onRefresh();
  }
}
