// @ts-check
import { byId, setText } from './dom.js';
import { COLOURS } from './grid-painter.js';
import { LivePlayer } from './live-player.js';
import { PlayerState } from './player-state.js';
import { secondsText } from './words.js';

/** The player beside the timeline. */
export class Screen {
  state = new PlayerState();
  #player;
  #pipelines;

  /**
   * @param {{ eventName: string, liveUrl: string, pipelines: () => readonly string[], onMoved: (number: number | undefined) => void }} options
   */
  constructor({ eventName, liveUrl, pipelines, onMoved }) {
    this.#pipelines = pipelines;
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
    setText(curtain, state.trouble ?? '');
    curtain.hidden = state.trouble === undefined;
    setText(byId('latency'), secondsText(state.latencySeconds));
    setText(byId('stalls'), String(state.stalls));
    byId('stalls').classList.toggle('bad', state.stalls > 0);
    const picture = state.playing('video') ?? state.playing('audio');
    if (picture === undefined) return;
    const colour = Math.max(0, this.#pipelines().indexOf(picture.pipeline)) % COLOURS;
    setText(byId('pipeline-chip'), picture.pipeline.slice(0, 3));
    byId('pipeline-chip').className = `chip chip-large pipeline-${colour}`;
    setText(
      byId('pipeline-words'),
      `Pipeline ${picture.pipeline}${picture.replica === '' ? '' : `, bytes from ${picture.replica}`}`,
    );
  }
}
