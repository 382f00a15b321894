// @ts-check
import { byId, setText } from './dom.js';
import { ChangePanel } from './change-panel.js';
import { SmallChart, requestSeries } from './charts.js';
import { clockText } from './cells.js';
import { ControlProblem } from './control-client.js';
import { EdgeProbe } from './edge-probe.js';
import { EventFeed } from './event-feed.js';
import { servedOf, statusOf } from './event-status.js';
import { ExplainPanel } from './explain-panel.js';
import { HistoryPanel } from './history-panel.js';
import { incidentsOf } from './incidents.js';
import { LabPanel } from './lab-panel.js';
import { drawLegend } from './legend.js';
import { ANSWERS, CLASSES, RequestRates, answerOf, classOf, pipelineMeasures } from './measures.js';
import { Overview } from './overview.js';
import { readPalette } from './palette.js';
import { pipelineFacts, showPipelines } from './pipeline-cards.js';
import { Screen } from './screen.js';
import { Tabs } from './tabs.js';
import { TimelineGrid } from './timeline-grid.js';
import { TimelineModel } from './timeline-model.js';
/** @import { Health } from './event-status.js' */

/** Beyond this the page says that what it shows is old. */
const STALE_MS = 5000;
const METRICS_MS = 2000;
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
  /** @type {Health | undefined} */
  #health;
  /** @type {string | undefined} */
  #trouble;
  #answers = new RequestRates(ANSWERS, answerOf);
  #classes = new RequestRates(CLASSES, classOf);
  #overviewQueued = false;

  /** @param {EventViewOptions} options */
  constructor(options) {
    this.#options = options;
    this.#configuration = options.told.configuration;
    const { client, eventName, settings } = options;
    this.grid = new TimelineGrid(byId('grid-frame'), byId('readout'), this.model, {
      onScrolled: () => this.#drawOverview(),
      onOpen: (place) => this.#explain(place),
      onRange: ({ from, to, row }) => {
        const { pipeline = '', representation = '' } = this.model.rows[row] ?? {};
        this.#openMask({
          pipeline,
          representation,
          fromSegment: String(from),
          ...(to > from && { toSegment: String(to) }),
        });
      },
    });
    this.overview = new Overview(/** @type {HTMLCanvasElement} */ (byId('overview')), this.model, this.grid);
    this.explain = new ExplainPanel(client, (pipeline, representation, number) =>
      this.#openMask({ pipeline, representation: '', fromSegment: String(number) }),
    );
    this.changes = new ChangePanel({
      ...{ client, model: this.model, configuration: () => this.#configuration },
      onChanged: () => {
        this.feed.lookNow();
        void this.history.refresh();
      },
    });
    this.history = new HistoryPanel(client, this.model, ({ pipeline, representations, from }) => {
      const row = this.model.rows.findIndex(
        (one) => one.pipeline === pipeline && one.representation === representations[0],
      );
      this.grid.goTo({ row, number: from });
      this.#explain({ row, number: from });
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
        this.#showHealth();
      },
      onRevision: () => void this.#readEvent(),
      onTrouble: (error) => this.#onTrouble(error),
      inView: () => this.grid.inView(),
    });
    this.probe = new EdgeProbe(this.model, settings.liveUrl, eventName);
    this.screen = new Screen({
      ...{ eventName, liveUrl: settings.liveUrl, pipelines: () => this.model.pipelines },
      onMoved: (number) => {
        if (this.grid.onScreen === number) return;
        this.grid.onScreen = number;
        this.grid.redraw();
      },
    });
    this.#makeCharts();
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
    if (this.#options.settings.metricsUrl !== '') setInterval(() => void this.#readMetrics(), METRICS_MS);
  }

  #makeCharts() {
    this.delayChart = new SmallChart(byId('chart-delay'), {
      ...{ title: 'Delay', unit: 'ms', about: 'after the media ended' },
    });
    this.rateChart = new SmallChart(byId('chart-rate'), {
      ...{ title: 'Received', unit: 'Mbit/s', about: 'all representations' },
    });
    for (const id of ['chart-requests', 'chart-classes'])
      byId(id).hidden = this.#options.settings.metricsUrl === '';
    this.classChart = new SmallChart(byId('chart-classes'), {
      ...{ title: 'Asked for', unit: '/s', about: 'requests by class' },
    });
    this.requestChart = new SmallChart(byId('chart-requests'), {
      ...{ title: 'Requests', unit: '/s', about: 'how the edge answered' },
    });
  }

  /** @param {{ row: number, number: number }} place */
  #explain({ row, number }) {
    const { representation } = this.model.rows[row] ?? {};
    if (representation === undefined) return;
    this.tabs.show('explain', { focus: true });
    void this.explain.show(this.#configuration, representation, number, this.model.mediaEndMs(number));
  }

  /** @param {Record<string, string>} values */
  #openMask(values) {
    this.tabs.show('change', { focus: true });
    this.changes.open('mask', values);
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
    this.history.showIncidents(incidentsOf(this.model, from, INCIDENTS_MAX));
    this.#showStatus();
    if (!full) this.#showMeasures();
  }

  #showStatus() {
    const status = statusOf(this.model, this.#health);
    byId('status').dataset['level'] = status.level;
    setText(byId('status-title'), status.title);
    setText(byId('status-detail'), status.detail);
  }

  #showHealth() {
    if (this.#health === undefined) return;
    showPipelines(byId('pipelines'), pipelineFacts(this.#health, servedOf(this.model), this.changes.masks));
    this.#showStatus();
  }

  #showMeasures() {
    const { seconds, numbers, series } = pipelineMeasures(this.model);
    if (numbers.length === 0) return;
    const palette = readPalette();
    const lines = series.map(({ pipeline }, index) => ({
      label: `${pipeline} at the origin`,
      colour: palette.pipelines[index % palette.pipelines.length] ?? palette.ink,
    }));
    const edge = numbers.map((number) => this.probe.delays.get(number) ?? null);
    this.delayChart?.show(
      [...lines, { label: 'at the edge', colour: palette.ink, dash: [4, 3] }],
      [seconds, ...series.map(({ delayMs }) => delayMs), edge],
    );
    this.rateChart?.show(
      lines.map((line, index) => ({ ...line, label: series[index]?.pipeline ?? '' })),
      [seconds, ...series.map(({ megabits }) => megabits)],
    );
  }

  async #readMetrics() {
    if (document.hidden) return;
    try {
      const answer = await fetch(this.#options.settings.metricsUrl, { cache: 'no-store' });
      const text = await answer.text();
      const nowMs = Date.now();
      this.#answers.read(text, nowMs);
      this.#classes.read(text, nowMs);
      showRequests(this.requestChart, this.#answers.shown(), ANSWERS);
      showRequests(this.classChart, this.#classes.shown(), CLASSES);
    } catch {
      // The status says that nothing answers; a chart with a gap says the same.
    }
  }

  async #readEvent() {
    const told = await this.#options.client.get('').catch(() => undefined);
    if (told !== undefined) this.#configuration = told.configuration;
    await Promise.all([this.changes.refresh(), this.history.refresh()]);
    this.#showHealth();
  }

  /** @param {unknown} error */
  #onTrouble(error) {
    if (error instanceof ControlProblem && error.status === 401) {
      this.#options.onRefused();
      return;
    }
    this.#trouble = error instanceof ControlProblem ? error.message : 'The control plane does not answer.';
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

/**
 * @param {SmallChart | undefined} chart
 * @param {{ names: readonly string[], rows: number[][] }} shown
 * @param {readonly string[]} all
 */
function showRequests(chart, { names, rows }, all) {
  // uPlot's type wants the first row by itself.
  const [seconds = [], ...rates] = rows;
  chart?.show(
    requestSeries(all).filter(({ label }) => names.includes(label)),
    [seconds, ...rates],
  );
}
