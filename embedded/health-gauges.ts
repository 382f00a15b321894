import { Gauge, type Registry } from 'prom-client';
import type { HealthState } from '../origin/flag/health';
import type { SweptRepresentation } from '../origin/flag/sweep';

const LABELS = ['tenant', 'event', 'representation', 'pipeline'] as const;
const VALUE_OF: Readonly<Record<Exclude<HealthState, 'idle'>, number>> = { ok: 0, degraded: 1, down: 2 };
const FATES = ['received', 'late', 'defective', 'missing', 'split'] as const;

/** The health of pipelines as the last sweep saw it; what is no longer live is no longer told. */
export class HealthGauges {
  readonly #state: Gauge<(typeof LABELS)[number]>;
  readonly #segments: Gauge<(typeof LABELS)[number] | 'fate'>;
  readonly #phase: Gauge<(typeof LABELS)[number]>;
  readonly #delay: Gauge<(typeof LABELS)[number]>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#state = new Gauge({
      name: 'headwater_pipeline_state',
      help: '0 ok, 1 degraded, 2 down (docs/inspection.md).',
      labelNames: LABELS,
      registers,
    });
    this.#segments = new Gauge({
      name: 'headwater_pipeline_segments',
      help: 'Numbers of the last 60 by what became of them.',
      labelNames: [...LABELS, 'fate'],
      registers,
    });
    this.#phase = new Gauge({
      name: 'headwater_pipeline_audio_phase_ticks',
      help: 'Ticks by which audio frames lie off those of the first pipeline in order.',
      labelNames: LABELS,
      registers,
    });
    this.#delay = new Gauge({
      name: 'headwater_pipeline_encoder_to_origin_seconds',
      help: 'Median of what passes from the encoder (prft) to the acknowledgement.',
      labelNames: LABELS,
      registers,
    });
  }

  swept(swept: readonly SweptRepresentation[]): void {
    for (const gauge of [this.#state, this.#segments, this.#phase, this.#delay]) gauge.reset();
    for (const { event, representation, health } of swept) {
      for (const { pipeline, state, audioPhaseTicks, encoderToOriginMs, ...counts } of health) {
        if (state === 'idle') continue;
        const labels = { ...event.key, representation: representation.configuration.id, pipeline };
        this.#state.set(labels, VALUE_OF[state]);
        for (const fate of FATES) this.#segments.set({ ...labels, fate }, counts[fate]);
        if (audioPhaseTicks !== undefined) this.#phase.set(labels, audioPhaseTicks);
        if (encoderToOriginMs !== undefined) this.#delay.set(labels, encoderToOriginMs / 1000);
      }
    }
  }
}
