// @ts-check
/** @import Shaka from 'shaka-player/dist/shaka-player.compiled' */
import { byId, element } from './dom.js';
import { LivePlayer } from './live-player.js';
import { PlayerState } from './player-state.js';
import { SegmentGrid } from './segment-grid.js';
import { readSettings } from './settings.js';
import { bindThemeButton } from './theme.js';
import { secondsText } from './words.js';

/** Within this of the live edge, the viewer is watching live. Seconds. */
const LIVE_WITHIN = 3;

const query = new URLSearchParams(location.search);
const eventName = query.get('event') ?? 'demo/loop';
const format = query.get('format') === 'hls' ? 'hls' : 'dash';

const state = new PlayerState();
state.format = format;
window.headwater = state;

const video = /** @type {HTMLVideoElement} */ (byId('video'));
const seek = /** @type {HTMLInputElement} */ (byId('seek'));
const grid = new SegmentGrid(/** @type {HTMLTableElement} */ (byId('grid')), byId('legend'));

async function start() {
  showEvent();
  bindThemeButton(byId('theme'));
  const { liveUrl } = await readSettings();
  const player = new LivePlayer({
    ...{ video, eventName, liveUrl, format, state },
    onRefresh: () => show(player.shaka),
  });
  bindControls(player);
  await player.start();
}

function showEvent() {
  byId('event-name').textContent = eventName;
  document.title = `${eventName} · Headwater`;
  const console = /** @type {HTMLAnchorElement} */ (byId('to-console'));
  console.href = `./#event=${encodeURIComponent(eventName)}`;
  for (const each of ['dash', 'hls']) {
    const link = /** @type {HTMLAnchorElement} */ (byId(`format-${each}`));
    link.href = `?${new URLSearchParams({ ...Object.fromEntries(query), format: each })}`;
    if (each === format) link.setAttribute('aria-current', 'page');
  }
}

/** @param {LivePlayer} player */
function bindControls(player) {
  const toggle = () => void (video.paused ? video.play() : video.pause());
  const sound = () => void (video.muted = !video.muted);
  const live = () => player.goToLive();
  const full = () =>
    void (document.fullscreenElement ? document.exitFullscreen() : byId('screen').requestFullscreen());
  const actions = { play: toggle, sound, live, full };
  for (const [id, action] of Object.entries(actions)) byId(id).addEventListener('click', action);
  video.addEventListener('click', toggle);
  seek.addEventListener(
    'change',
    () => (video.currentTime = player.shaka.seekRange().start + Number(seek.value)),
  );
  /** @type {Record<string, () => void>} */
  const keys = { ' ': toggle, k: toggle, m: sound, l: live, f: full };
  document.addEventListener('keydown', (event) => {
    const onControl =
      event.target instanceof HTMLElement && event.target.closest('button, input, a') !== null;
    const action = keys[event.key.toLowerCase()];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    // A focused button has its own meaning of the space bar.
    if (onControl && event.key === ' ') return;
    event.preventDefault();
    action();
  });
}

/** @param {Shaka.Player} player */
function show(player) {
  const curtain = byId('curtain');
  curtain.textContent = state.trouble ?? '';
  curtain.hidden = state.trouble === undefined;
  if (player.getAssetUri() === null) return;
  showNumbers(player, state.playing('video') ?? state.playing('audio'));
  showSeek(player);
  showLog();
  grid.draw(state.segments, new Set([state.playing('video'), state.playing('audio')]));
}

/**
 * @param {Shaka.Player} player
 * @param {import('./player-state.js').SegmentRecord | undefined} picture
 */
function showNumbers(player, picture) {
  byId('latency').textContent = secondsText(state.latencySeconds);
  byId('buffer').textContent = secondsText(state.bufferSeconds);
  byId('stalls').textContent = String(state.stalls);
  byId('stalls').classList.toggle('bad', state.stalls > 0);
  const track = player.getVariantTracks().find(({ active }) => active);
  byId('picture').textContent = track?.height ? `${track.height}p` : '–';
  byId('picture').title = track ? `${Math.round(track.bandwidth / 1000)} kbit/s, ${track.codecs ?? ''}` : '';
  byId('play').setAttribute('aria-label', video.paused ? 'Play' : 'Pause');
  byId('play').classList.toggle('off', video.paused);
  byId('sound').setAttribute('aria-label', video.muted ? 'Unmute' : 'Mute');
  byId('sound').classList.toggle('off', video.muted);
  if (picture === undefined) return;
  const chip = byId('pipeline-chip');
  const { mark, colour } = grid.chipOf(picture.pipeline);
  chip.textContent = mark;
  chip.className = `chip chip-large ${colour}`;
  byId('pipeline-words').textContent =
    `pipeline ${picture.pipeline}, bytes from ${picture.replica || 'an unnamed region'}`;
}

/** @param {Shaka.Player} player */
function showSeek(player) {
  const { start, end } = player.seekRange();
  const behind = Math.max(0, end - video.currentTime);
  const isLive = player.isLive() && behind < LIVE_WITHIN;
  seek.max = String(Math.max(0.1, end - start));
  if (document.activeElement !== seek || !seek.matches(':active'))
    seek.value = isLive ? seek.max : String(video.currentTime - start);
  seek.style.setProperty('--played', `${(100 * Number(seek.value)) / Number(seek.max)}%`);
  const words = isLive ? 'live' : `${Math.round(behind)} s behind`;
  byId('behind').textContent = isLive ? '' : `−${Math.round(behind)} s`;
  seek.setAttribute('aria-valuetext', words);
  byId('live').classList.toggle('is-live', isLive);
  byId('live-dot').classList.toggle('on', player.isLive() && !video.paused && state.trouble === undefined);
}

/** Of what is of no pipeline. */
const SIGN = { mark: '!', colour: 'sign' };

/** What the list shows already, so that a screen reader hears each entry once. */
let shownLog = '';

function showLog() {
  const entries = state.log.slice(0, 20);
  const text = JSON.stringify(entries);
  if (text === shownLog) return;
  shownLog = text;
  byId('log').replaceChildren(
    ...entries.map((entry) => {
      const time = new Date(entry.atMs).toLocaleTimeString('en-GB');
      const { mark, colour } = entry.pipeline === undefined ? SIGN : grid.chipOf(entry.pipeline);
      const where =
        entry.number === undefined ? '' : `segment ${entry.number} · ${entry.representations.join(', ')}`;
      return element('li', { class: entry.kind }, [
        element('span', { class: `chip ${colour}`, 'aria-hidden': 'true' }, [mark]),
        element('span', {}, [entry.text, element('small', {}, [where])]),
        element('time', {}, [time]),
      ]);
    }),
  );
}

void start().catch((error) => {
  byId('curtain').textContent = `The page could not start: ${String(error)}`;
});
