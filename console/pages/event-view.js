// @ts-check
import { byId, setText } from './dom.js';
import { ChangePanel } from './change-panel.js';
import { ChartBoard } from './chart-board.js';
import { clockText } from './cells.js';
import { ControlProblem } from './control-client.js';
import { EdgeProbe } from './edge-probe.js';
import { EventFeed } from './event-feed.js';
import { isOver, lifeOf, lifeStatus } from './event-life.js';
import { healthNow, servedOf, statusOf } from './event-status.js';
import { ExplainPanel } from './explain-panel.js';
import { HistoryPanel } from './history-panel.js';
import { incidentsOf } from './incidents.js';
import { LabPanel } from './lab-panel.js';
import { drawLegend } from './legend.js';
import { Overview } from './overview.js';
import { pipelineFacts, showPipelines } from './pipeline-cards.js';
import { Screen } from './screen.js';
import { Tabs } from './tabs.js';
import { TimelineGrid } from './timeline-grid.js';
import { TimelineModel } from './timeline-model.js';
/** @import { Health } from './event-status.js' */
/** @import { Incident } from './incidents.js' */

/** Beyond this the page says that what it shows is old. */
const STALE_MS = 5000;
/** Numbers that faults are listed of: ten minutes of 2 s. */
const INCIDENT_WINDOW = 300;
const INCIDENTS_MAX = 30;

/**
 * @typedef {object} EventViewOptions
 * @property {import('./control-client.js').ControlClient} client
 * @property {string} eventName
 * @property {import('./settings.js').Settings} settings
 * @property {any} told the event as the control plane tells it
 * @property {() => void} onRefused the token is not valid any more
 */

/** One event on the page: what is read of it, and where that is shown. Tests read it as `window.headwater`. */
export class EventView {
  model = new TimelineModel();
  #options;
  #configuration;
  #life;
  /** @type {Health | undefined} */
  #health;
  /** @type {string | undefined} */
  #trouble;
  #overviewQueued = false;

  /** @param {EventViewOptions} options */
  constructor(options) {
    this.#options = options;
    this.#configuration = configurationOf(options.told);
    this.#life = lifeOf(options.told);
    const { client, eventName, settings } = options;
    this.grid = new TimelineGrid(byId('grid-frame'), byId('readout'), this.model, {
      onScrolled: () => this.#drawOverview(),
      onOpen: (place) => this.#explain(place),
      onRange: (range) => this.#openMask(range),
    });
    this.overview = new Overview(/** @type {HTMLCanvasElement} */ (byId('overview')), this.model, this.grid);
    const onAcceptInit = (/** @type {{ pipeline: string, representation: string }} */ about) =>
      this.#openForm('init', about);
    this.explain = new ExplainPanel(client, {
      onMask: (pipeline, number) =>
        this.#openForm('mask', { pipeline, representation: '', fromSegment: String(number) }),
      onAcceptInit: (pipeline, representation) => onAcceptInit({ pipeline, representation }),
    });
    this.changes = new ChangePanel({
      ...{ client, model: this.model, configuration: () => this.#configuration },
      onChanged: () => {
        this.feed.lookNow();
        void this.history.refresh(this.#configuration);
      },
    });
    this.history = new HistoryPanel(client, this.model, {
      onAcceptInit,
      onIncident: (incident) => this.#showIncident(incident),
    });
    if (settings.lab)
      this.lab = new LabPanel({
        ...{ client, nowMs: () => this.feed.nowMs() },
        onCounted: (count) => setText(byId('tab-lab'), count === 0 ? 'Break' : `Break (${count})`),
      });
    this.tabs = new Tabs(byId('tabs'), byId('tab-panels'), [
      { id: 'history', title: 'Faults & history', body: this.history.body },
      { id: 'explain', title: 'Explain', body: this.explain.body },
      { id: 'change', title: 'Change', body: this.changes.body },
      ...(this.lab === undefined ? [] : [{ id: 'lab', title: 'Break', body: this.lab.body }]),
    ]);
    byId('tab-change').addEventListener('click', () => this.changes.refreshForms());
    this.feed = new EventFeed(client, this.model, {
      onTimeline: (full) => this.#onTimeline(full),
      onHealth: (health) => {
        this.#health = health;
        this.#showNow();
      },
      onRevision: () => void this.#readEvent(),
      onTrouble: (error) => this.#onTrouble(error),
      inView: () => this.grid.inView(),
    });
    this.probe = new EdgeProbe(this.model, settings.liveUrl, eventName);
    this.screen = new Screen({
      ...{ eventName, liveUrl: settings.liveUrl, pipelines: () => this.model.pipelines },
      whyDark: () => lifeStatus(this.model, this.#life)?.title ?? 'Waiting for the first segment…',
      onMoved: (number) => this.grid.showOnScreen(number),
    });
    this.charts = new ChartBoard(this.model, this.probe, settings.metricsUrl);
  }

  start() {
    const draw = () => drawLegend(byId('legend'));
    draw();
    document.addEventListener('themechange', draw);
    document.addEventListener('themechange', () => this.#drawOverview());
    byId('tab-panels').addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.grid.focus();
    });
    byId('to-live').addEventListener('click', () => this.grid.follow());
    byId('to-fault').addEventListener('click', () => this.grid.goToFault());
    this.feed.start();
    this.lab?.start();
    void this.screen.start();
    void this.probe.run(
      () => this.#configuration,
      () => this.feed.nowMs(),
    );
    setInterval(() => this.#tick(), 500);
    this.charts.start();
  }

  /** @param {{ row: number, number: number }} place */
  #explain({ row, number }) {
    const { representation } = this.model.rows[row] ?? {};
    if (representation === undefined) return;
    this.tabs.show('explain', { focus: true });
    void this.explain.show(this.#configuration, representation, number, this.model.mediaEndMs(number));
  }

  /** @param {Incident} incident */
  #showIncident({ pipeline, representations: [representation], from: number }) {
    const row = this.model.rows.findIndex(
      (one) => one.pipeline === pipeline && one.representation === representation,
    );
    this.grid.goTo({ row, number });
    this.#explain({ row, number });
  }

  /** @param {{ from: number, to: number, row: number }} range of the timeline */
  #openMask({ from, to, row }) {
    const { pipeline = '', representation = '' } = this.model.rows[row] ?? {};
    this.#openForm('mask', {
      ...{ pipeline, representation, fromSegment: String(from) },
      ...(to > from && { toSegment: String(to) }),
    });
  }

  /** @param {string} kind @param {Readonly<Record<string, string>>} values */
  #openForm(kind, values) {
    this.tabs.show('change', { focus: true });
    this.changes.open(kind, values);
  }

  /** Once a frame, however often it is asked for. */
  #drawOverview() {
    if (this.#overviewQueued) return;
    this.#overviewQueued = true;
    requestAnimationFrame(() => {
      this.#overviewQueued = false;
      this.overview.draw();
    });
  }

  /** @param {boolean} full */
  #onTimeline(full) {
    this.#trouble = undefined;
    this.grid.update();
    this.#drawOverview();
    const from = Math.max(this.model.windowStart, this.model.liveEdge - INCIDENT_WINDOW);
    this.history.faults.show(incidentsOf(this.model, from, INCIDENTS_MAX), this.#noFaultText());
    this.#showNow();
    if (!full) this.charts.showMeasures();
  }

  /** Nothing wrong is not the same as nothing there. */
  #noFaultText() {
    const received = this.#health?.representations.some(({ pipelines }) =>
      pipelines.some((one) => one.received > 0),
    );
    return received === true
      ? 'None. Every pipeline sent every segment, clean and in time.'
      : 'None: nothing was published of late.';
  }

  /** The sentence at the top, and the pipelines below it: both by the same health. */
  #showNow() {
    const health = this.#health && healthNow(this.#health, this.model);
    const status = statusOf(this.model, health, this.#life);
    const over = isOver(this.model, this.#life);
    setText(byId('to-live'), over ? 'End' : 'Live');
    byId('to-live').classList.toggle('is-over', over);
    byId('status').dataset['level'] = status.level;
    setText(byId('status-title'), status.title);
    setText(byId('status-detail'), status.detail);
    if (health === undefined) return;
    showPipelines(byId('pipelines'), pipelineFacts(health, servedOf(this.model), this.changes.masks), over);
  }

  async #readEvent() {
    const told = await this.#options.client.get('').catch(() => undefined);
    if (told !== undefined) {
      this.#configuration = configurationOf(told);
      this.#life = lifeOf(told);
    }
    await Promise.all([this.changes.refresh(), this.history.refresh(this.#configuration)]);
    this.#showNow();
  }

  /** @param {unknown} error */
  #onTrouble(error) {
    if (error instanceof ControlProblem && error.status === 401) {
      this.#options.onRefused();
      return;
    }
    this.#trouble = troubleText(error);
  }

  /** What is old says so: a calm page that has stopped would be worse than none. */
  #tick() {
    setText(byId('clock'), clockText(this.feed.nowMs()));
    byId('to-live').setAttribute('aria-pressed', String(this.grid.following));
    const ageMs = Date.now() - this.feed.heardAtMs;
    const old = ageMs > STALE_MS && !document.hidden;
    const why = this.#trouble ?? 'No answer yet.';
    setText(byId('status-age'), old ? `${why} This is ${Math.round(ageMs / 1000)} s old.` : '');
    byId('status').classList.toggle('is-old', old);
  }
}

/** Until the first MPD an event that adopts has no tracks. @param {any} told the event as the control plane tells it */
function configurationOf({ configuration }) {
  return { representations: [], ...configuration };
}

/** Why nothing new comes. @param {unknown} error */
function troubleText(error) {
  if (!(error instanceof ControlProblem)) return 'The control plane does not answer.';
  return error.status === 404 ? 'The event is gone: deleted, or its window is over.' : error.message;
}
