// @ts-check
/** @import Shaka from 'shaka-player/dist/shaka-player.compiled' */
import { PlayerState } from './player-state.js';
import { SegmentGrid, element } from './segment-grid.js';
import { segmentRecord } from './segment-record.js';
import { secondsText, troubleText } from './words.js';

/** How long after a failure the page tries again. */
const RETRY_MS = 3000;
/** How long a 410 explains that playback waits. */
const GONE_MS = 30_000;
/** Within this of the live edge, the viewer is watching live. Seconds. */
const LIVE_WITHIN = 3;

const query = new URLSearchParams(location.search);
const eventName = query.get('event') ?? 'demo/loop';
const format = query.get('format') === 'hls' ? 'hls' : 'dash';
const manifestUri = `/live/${eventName}/${format === 'hls' ? 'master.m3u8' : 'manifest.mpd'}`;

const state = new PlayerState();
state.format = format;
window.headwater = state;

const video = /** @type {HTMLVideoElement} */ (byId('video'));
const seek = /** @type {HTMLInputElement} */ (byId('seek'));
const grid = new SegmentGrid(/** @type {HTMLTableElement} */ (byId('grid')), byId('legend'));
/** Milliseconds that the origin's clock is ahead of this machine's. */
let clockOffsetMs = 0;

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`#${id}: wanted an element of index.html, got none`);
  return found;
}

async function start() {
  showEvent();
  shaka.polyfill.installAll();
  if (!shaka.Player.isBrowserSupported()) {
    setTrouble('This browser has no Media Source Extensions, so it cannot play the event.');
    return;
  }
  await readClock();
  const player = new shaka.Player();
  await player.attach(video);
  player.configure({
    streaming: {
      failureCallback: (/** @type {Shaka.util.Error} */ error) => retryOrSkip(player, error),
      // Our times are exact: after a seek, nothing before the wanted segment is asked for.
      inaccurateManifestTolerance: 0,
      rebufferingGoal: 2,
      bufferingGoal: 12,
      retryParameters: { maxAttempts: 3, baseDelay: 250, timeout: 8000 },
    },
  });
  listen(player);
  bindControls(player);
  await load(player);
  setInterval(() => refresh(player), 250);
}

function showEvent() {
  byId('event-name').textContent = eventName;
  document.title = `${eventName} · Headwater`;
  for (const each of ['dash', 'hls']) {
    const link = /** @type {HTMLAnchorElement} */ (byId(`format-${each}`));
    link.href = `?${new URLSearchParams({ ...Object.fromEntries(query), format: each })}`;
    if (each === format) link.setAttribute('aria-current', 'page');
  }
}

/** Latency is told by the origin's clock, since the viewer's may be wrong. */
async function readClock() {
  try {
    const askedMs = Date.now();
    const answer = await fetch('/live/time', { cache: 'no-store' });
    const answeredMs = Date.now();
    const originMs = Date.parse(await answer.text());
    if (Number.isFinite(originMs)) clockOffsetMs = originMs - (askedMs + answeredMs) / 2;
  } catch {
    // The manifest will meet the same trouble and tell it.
  }
}

/** @param {Shaka.Player} player */
async function load(player) {
  try {
    await player.load(manifestUri);
    setTrouble(undefined);
    await video.play();
  } catch (error) {
    // Another load has begun, or the browser wants a click first.
    if (error instanceof shaka.util.Error && error.code === shaka.util.Error.Code.LOAD_INTERRUPTED) return;
    if (error instanceof DOMException) return;
    setTrouble(troubleText(error, eventName));
    setTimeout(() => void load(player), RETRY_MS);
  }
}

/** When the origin last said 410, milliseconds since 1970: DASH's template has no way to tell a gap beforehand. */
let goneAtMs = -Infinity;

/**
 * A failed segment is asked for again; one that is gone is left out once the buffer before it has been played.
 * @param {Shaka.Player} player
 * @param {Shaka.util.Error} error
 */
function retryOrSkip(player, error) {
  if (error.category !== shaka.util.Error.Category.NETWORK) return;
  error.severity = shaka.util.Error.Severity.RECOVERABLE;
  if (error.code === shaka.util.Error.Code.BAD_HTTP_STATUS && error.data[1] === 410) goneAtMs = Date.now();
  player.retryStreaming(1);
}

/** @param {Shaka.Player} player */
function skipGone(player) {
  const starved = player.isBuffering() || state.bufferSeconds < 0.3;
  if (!starved || video.seeking || Date.now() - goneAtMs > GONE_MS) return;
  const newest = state.segments.at(-1);
  const duration = newest === undefined ? 1 : newest.end - newest.start;
  // A little into the next one: sound begins up to a frame after the picture.
  const next = video.currentTime + state.bufferSeconds + duration + 0.1;
  // Shaka turns back what goes nearer to the live edge than it wants to be.
  if (next > player.seekRange().end) return;
  goneAtMs = -Infinity;
  video.currentTime = next;
  state.tell('trouble', `gone${Date.now()}`, 'No pipeline had this segment: left out');
}

/** @param {Shaka.Player} player */
function listen(player) {
  player.getNetworkingEngine()?.registerResponseFilter((_type, response, context) => {
    const segment = context && segmentRecord(response, context);
    if (segment !== undefined) state.addSegment(segment);
  });
  let stalledAtMs = 0;
  /** @type {number | undefined} */
  let startedAt;
  player.addEventListener('buffering', (event) => {
    const { buffering } = /** @type {Event & { buffering: boolean }} */ (event);
    if (buffering && state.started && !video.seeking && !video.paused) {
      state.stalls += 1;
      stalledAtMs = Date.now();
      setTrouble('Waiting for the next segment…');
    } else if (!buffering) {
      setTrouble(undefined);
      if (stalledAtMs === 0) return;
      const stopped = secondsText((Date.now() - stalledAtMs) / 1000);
      state.tell('stall', `stall${state.stalls}`, `Playback stopped for ${stopped}`);
      stalledAtMs = 0;
    }
  });
  video.addEventListener('ended', () => setTrouble('The event has ended.'));
  player.addEventListener('error', (event) => {
    const { detail } = /** @type {Event & { detail: Shaka.util.Error }} */ (event);
    const text = troubleText(detail, eventName);
    const { Severity, Category } = shaka.util.Error;
    // Of the network, failureCallback takes care.
    if (detail.severity !== Severity.CRITICAL || detail.category === Category.NETWORK) return;
    state.tell('trouble', `error${Date.now()}`, text);
    setTrouble(text);
    setTimeout(() => void load(player), RETRY_MS);
  });
  video.addEventListener('timeupdate', () => {
    // The first update only tells where playback begins.
    if (!video.paused && !video.seeking && startedAt === undefined) startedAt = video.currentTime;
    state.started ||= startedAt !== undefined && video.currentTime > startedAt + 0.5;
  });
}

/** @param {string | undefined} text */
function setTrouble(text) {
  state.trouble = text;
  const curtain = byId('curtain');
  curtain.textContent = text ?? '';
  curtain.hidden = text === undefined;
}

/** @param {Shaka.Player} player */
function bindControls(player) {
  const toggle = () => void (video.paused ? video.play() : video.pause());
  const sound = () => void (video.muted = !video.muted);
  const live = () => {
    player.goToLive();
    void video.play();
  };
  const full = () =>
    void (document.fullscreenElement ? document.exitFullscreen() : byId('screen').requestFullscreen());
  const actions = { play: toggle, sound, live, full };
  for (const [id, action] of Object.entries(actions)) byId(id).addEventListener('click', action);
  video.addEventListener('click', toggle);
  seek.addEventListener('change', () => (video.currentTime = player.seekRange().start + Number(seek.value)));
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
function refresh(player) {
  state.currentTime = video.currentTime;
  const ahead = player
    .getBufferedInfo()
    .total.find(({ start, end }) => start <= video.currentTime && video.currentTime <= end);
  state.bufferSeconds = ahead === undefined ? 0 : ahead.end - video.currentTime;
  skipGone(player);
  const picture = state.playing('video') ?? state.playing('audio');
  if (picture?.publishedAtMs !== undefined) {
    // A segment is published when its end has been made: so its end is as old as its publication.
    const sincePublishedMs = Date.now() + clockOffsetMs - picture.publishedAtMs;
    state.latencySeconds = sincePublishedMs / 1000 + picture.end - video.currentTime;
  }
  showNumbers(player, picture);
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
  chip.textContent = picture.pipeline.slice(0, 3);
  chip.className = `chip chip-large ${grid.colourOf(picture.pipeline)}`;
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
      const chip = entry.pipeline === undefined ? 'chip sign' : `chip ${grid.colourOf(entry.pipeline)}`;
      const where =
        entry.number === undefined ? '' : `segment ${entry.number} · ${entry.representations.join(', ')}`;
      return element('li', { class: entry.kind }, [
        element('span', { class: chip, 'aria-hidden': 'true' }, [entry.pipeline?.slice(0, 3) ?? '!']),
        element('span', {}, [entry.text, element('small', {}, [where])]),
        element('time', {}, [time]),
      ]);
    }),
  );
}

void start().catch((error) => setTrouble(`The page could not start: ${String(error)}`));
