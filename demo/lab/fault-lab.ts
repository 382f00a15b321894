import type { Fault as InputFault } from '../../origin/events/configuration';
import { cancelSource, type CancelSource } from '../../origin/ports/cancel';
import type { Clock } from '../../origin/ports/clock';
import type { DemoAsset } from '../asset';
import type { FeedFaults } from '../feed';
import { FAULTS, type Fault, type PipelineFault, type RegionFaultName } from './catalog';
import { parseBreak, type BreakRequest } from './break-request';

/** A region as the lab breaks and mends it. */
export interface LabRegion {
  readonly name: string;
  breakIt(fault: RegionFaultName): Promise<void>;
  mendIt(fault: RegionFaultName): Promise<void>;
}

/** A fault in force. */
export interface ActiveFault {
  readonly id: string;
  readonly fault: string;
  /** The pipeline or region that is broken. */
  readonly subject: string;
  /** Of a pipeline's: all unless given. */
  readonly representation?: string;
  readonly fromMs: number;
  /** It ends by itself. */
  readonly untilMs: number;
}

export interface LabOptions {
  readonly clock: Clock;
  /** Of the demo; empty without it. */
  readonly pipelines: readonly string[];
  readonly regions: readonly LabRegion[];
}

export type BreakOutcome =
  | { readonly kind: 'broken'; readonly active: ActiveFault }
  | { readonly kind: 'invalid'; readonly faults: readonly InputFault[] }
  /** The subject is broken in this way already. */
  | { readonly kind: 'twice'; readonly active: ActiveFault };

/** Breaks things on purpose, each for a time, so that an operator sees what Headwater does about it. */
export class FaultLab {
  readonly #options: LabOptions;
  readonly #active = new Map<string, { readonly active: ActiveFault; readonly ended: CancelSource }>();
  #made = 0;

  constructor(options: LabOptions) {
    this.#options = options;
  }

  get active(): readonly ActiveFault[] {
    return [...this.#active.values()].map(({ active }) => active);
  }

  /** What the lab can break, for whoever asks. */
  get catalog(): readonly {
    name: string;
    scope: Fault['scope'];
    what: string;
    subjects: readonly string[];
  }[] {
    return FAULTS.map(({ name, scope, what }) => ({
      name,
      scope,
      what,
      subjects: this.#subjectsOf(scope),
    })).filter(({ subjects }) => subjects.length > 0);
  }

  async break(input: unknown): Promise<BreakOutcome> {
    const parsed = parseBreak(input, this.catalog);
    if ('faults' in parsed) return { kind: 'invalid', faults: parsed.faults };
    const twice = this.active.find(
      ({ fault, subject }) => fault === parsed.fault && subject === parsed.subject,
    );
    if (twice !== undefined) return { kind: 'twice', active: twice };
    return { kind: 'broken', active: await this.#begin(parsed) };
  }

  /** @returns false when there is no such fault any more. */
  async mend(id: string): Promise<boolean> {
    const found = this.#active.get(id);
    if (found === undefined) return false;
    this.#active.delete(id);
    found.ended.cancel();
    await this.#regionOf(found.active)?.mendIt(found.active.fault as RegionFaultName);
    return true;
  }

  async mendAll(): Promise<void> {
    for (const id of [...this.#active.keys()]) await this.mend(id);
  }

  /**
   * What a pipeline's feed asks before it sends; looked at for every segment.
   * @param asset what it sends; the demo's numbers count from 0, as the asset's do
   */
  feedFaults(pipeline: string, asset: Pick<DemoAsset, 'segment'>): FeedFaults {
    return {
      withhold: (number, representation) =>
        this.#of(pipeline, representation).some(({ withhold }) => withhold?.(number) === true),
      transform: (bytes, number, representation) =>
        this.#of(pipeline, representation).reduce(
          (sent, { transform }) =>
            transform?.(sent, number, (other) => asset.segment(representation, other)) ?? sent,
          bytes,
        ),
      delayMs: () => Math.max(0, ...this.#of(pipeline).map(({ delayMs = 0 }) => delayMs)),
    };
  }

  async #begin({ fault, subject, representation, durationSeconds }: BreakRequest): Promise<ActiveFault> {
    const fromMs = this.#options.clock.nowMs();
    const active: ActiveFault = {
      ...{ id: `${fault}-${++this.#made}`, fault, subject, fromMs, untilMs: fromMs + durationSeconds * 1000 },
      ...(representation !== undefined && { representation }),
    };
    const ended = cancelSource();
    this.#active.set(active.id, { active, ended });
    await this.#regionOf(active)?.breakIt(fault as RegionFaultName);
    void this.#options.clock.sleepUntil(active.untilMs, ended).then(() => this.mend(active.id));
    return active;
  }

  #of(pipeline: string, representation?: string): readonly PipelineFault[] {
    const active = this.active.filter(
      (each) =>
        each.subject === pipeline &&
        (representation === undefined || (each.representation ?? representation) === representation),
    );
    return FAULTS.filter((fault): fault is PipelineFault => fault.scope === 'pipeline').filter(({ name }) =>
      active.some(({ fault }) => fault === name),
    );
  }

  #regionOf({ fault, subject }: ActiveFault): LabRegion | undefined {
    const scope = FAULTS.find(({ name }) => name === fault)?.scope;
    return scope === 'region' ? this.#options.regions.find(({ name }) => name === subject) : undefined;
  }

  #subjectsOf(scope: Fault['scope']): readonly string[] {
    return scope === 'pipeline' ? this.#options.pipelines : this.#options.regions.map(({ name }) => name);
  }
}
