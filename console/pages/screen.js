// @ts-check
import { byId, setText } from './dom.js';
import { LivePlayer } from './live-player.js';
import { markChip } from './pipeline-chip.js';
import { PlayerState } from './player-state.js';
import { secondsText } from './words.js';

/**
 * @typedef {object} ScreenOptions
 * @property {string} eventName
 * @property {string} liveUrl
 * @property {() => readonly string[]} pipelines of the event, in order
 * @property {() => string} whyDark why there may be no picture yet
 * @property {(number: number | undefined) => void} onMoved another segment is on screen
 */

/** The player beside the timeline. */
export class Screen {
  state = new PlayerState();
  #player;
  #pipelines;
  #whyDark;

  /**
   * @param {ScreenOptions} options
   */
  constructor({ eventName, liveUrl, pipelines, whyDark, onMoved }) {
    this.#pipelines = pipelines;
    this.#whyDark = whyDark;
    const video = /** @type {HTMLVideoElement} */ (byId('video'));
    this.#player = new LivePlayer({
      ...{ video, eventName, liveUrl, format: 'dash', state: this.state },
      onRefresh: () => {
        this.#show();
        onMoved(this.state.playing('video')?.number ?? this.state.playing('audio')?.number);
      },
    });
    /** @type {HTMLAnchorElement} */ (byId('to-player')).href =
      `player.html?${new URLSearchParams({ event: eventName })}`;
  }

  start() {
    return this.#player.start();
  }

  #show() {
    const { state } = this;
    const curtain = byId('curtain');
    const words = state.trouble ?? (state.segments.length === 0 ? this.#whyDark() : undefined);
    setText(curtain, words ?? '');
    curtain.hidden = words === undefined;
    setText(byId('latency'), secondsText(state.latencySeconds));
    setText(byId('stalls'), String(state.stalls));
    byId('stalls').classList.toggle('bad', state.stalls > 0);
    const picture = state.playing('video') ?? state.playing('audio');
    if (picture === undefined) return;
    markChip(byId('pipeline-chip'), picture.pipeline, this.#pipelines(), 'chip-large');
    setText(byId('pipeline-words'), `Pipeline ${picture.pipeline}`);
    setText(byId('replica-words'), picture.replica === '' ? '' : `from ${picture.replica}`);
  }
}
