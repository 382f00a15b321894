import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { HttpResponse } from '../http/message';
import type { Parcel, ParcelHead } from './parcel';
import type { RegionOutcome } from './region-sender';
import type { Verdict } from './verdict';

/** What a region holds up, asked at every scrape. */
export interface RegionGauges {
  readonly region: string;
  readonly backlogParcels: number;
  readonly backlogBytes: number;
  readonly spoolBytes: number;
  readonly liveBytes: number;
}

/** /metrics of the publisher (Prometheus text). */
export class PublisherMetrics {
  readonly registry = new Registry();
  readonly #received = this.#counter('received_total', 'Whole bodies taken from packagers.', ['kind']);
  readonly #bytes = this.#counter('received_bytes_total', 'Their bytes.', ['kind']);
  readonly #defects = this.#counter('defects_total', 'Defects found in segments and inits.', ['defect']);
  readonly #torn = this.#counter('torn_total', 'Requests whose packager left before the body was whole.', []);
  readonly #delivered = this.#counter(
    'delivered_total',
    'Parcels by region and what became of them: ok, late, refused, lost; waiting: missed its budget once.',
    ['region', 'kind', 'outcome'],
  );

  constructor(gauges: () => readonly RegionGauges[]) {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge('backlog_parcels', 'Parcels that a region still misses.', gauges, (of) => of.backlogParcels);
    this.#gauge('backlog_bytes', 'Their bytes in memory.', gauges, (of) => of.backlogBytes);
    this.#gauge('spool_bytes', 'Their bytes on the disk.', gauges, (of) => of.spoolBytes);
    this.#gauge('live_bytes', 'Bytes on their way for the first time.', gauges, (of) => of.liveBytes);
  }

  received({ kind, bytes }: Parcel, { defects }: Verdict): void {
    this.#received.inc({ kind });
    this.#bytes.inc({ kind }, bytes.length);
    for (const { name } of defects) this.#defects.inc({ defect: name });
  }

  torn(): void {
    this.#torn.inc();
  }

  outcome({ kind }: ParcelHead, region: string, outcome: RegionOutcome): void {
    this.#delivered.inc({ region, kind, outcome: outcome.kind });
  }

  async response(): Promise<HttpResponse> {
    const headers = { 'Content-Type': this.registry.contentType, 'Cache-Control': 'no-store' };
    return { status: 200, headers, body: await this.registry.metrics() };
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({
      name: `headwater_publisher_${name}`,
      help,
      labelNames,
      registers: [this.registry],
    });
  }

  #gauge(
    name: string,
    help: string,
    gauges: () => readonly RegionGauges[],
    value: (of: RegionGauges) => number,
  ): void {
    new Gauge({
      name: `headwater_publisher_${name}`,
      help,
      labelNames: ['region'],
      registers: [this.registry],
      collect() {
        for (const of of gauges()) this.set({ region: of.region }, value(of));
      },
    });
  }
}
