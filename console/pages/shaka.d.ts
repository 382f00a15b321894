import type shakaPlayer from 'shaka-player/dist/shaka-player.compiled';
import type { EventView } from './event-view.js';
import type { PlayerState } from './player-state.js';

declare global {
  /** Loaded by its own script element: the compiled player is no module. */
  const shaka: typeof shakaPlayer;

  interface Window {
    /** What the page knows, for tests and the curious. */
    headwater: PlayerState | EventView;
  }
}
