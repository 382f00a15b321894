import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import {
  Alias,
  type Function as LambdaFunction,
  type IFunction,
  type IVersion,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** Instances that are started before they are asked for, from an instant to another: no cold start in an event. */
export interface ProvisionedWindow {
  /** RFC 3339, UTC: `2026-06-13T18:30:00Z`. Starting some hundred instances takes minutes, so be early. */
  readonly from: string;
  readonly to: string;
  /** Instances in each region, 1 or more; at most what `reservedConcurrency` sets aside. */
  readonly serve: number;
  readonly ingest: number;
}

/** Application Auto Scaling keeps so many scheduled actions for one target; a window takes two. */
const WINDOWS_MAX = 100;
const UTC_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/;

/** @throws Error naming the member, what was wanted and what came. */
export function checkWindows(
  windows: readonly ProvisionedWindow[],
  reserved: { readonly publish: number; readonly serve: number } | undefined,
): void {
  if (windows.length > WINDOWS_MAX)
    throw new Error(`provisioned: wanted at most ${WINDOWS_MAX} windows, got ${windows.length}`);
  for (const [index, { from, to, serve, ingest }] of windows.entries()) {
    const name = `provisioned[${index}]`;
    for (const [member, instant] of Object.entries({ from, to }))
      if (!UTC_INSTANT.test(instant) || Number.isNaN(Date.parse(instant)))
        throw new Error(`${name}.${member}: wanted an instant as 2026-06-13T18:30:00Z, got ${instant}`);
    if (Date.parse(from) >= Date.parse(to)) throw new Error(`${name}.to: wanted it after ${from}, got ${to}`);
    const limits = { serve: [serve, reserved?.serve], ingest: [ingest, reserved?.publish] } as const;
    for (const [member, [instances, most = Infinity]] of Object.entries(limits))
      if (!Number.isInteger(instances) || instances < 1 || instances > most)
        throw new Error(`${name}.${member}: wanted 1 to ${most} (reserved), got ${instances}`);
  }
  const sorted = [...windows].sort((left, right) => Date.parse(left.from) - Date.parse(right.from));
  for (const [index, { from }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before !== undefined && Date.parse(from) < Date.parse(before.to))
      throw new Error(
        `provisioned: wanted windows that do not overlap, got one from ${from} before ${before.to}`,
      );
  }
}

/**
 * What APIs call: the function itself or, where windows are scheduled, an alias of its newest version, because only a
 * version can be provisioned.
 *
 * @param nowMs when this is synthesised, UTC milliseconds: what is past is left out, since a scheduled action of the past
 *   fails a deployment, and a window under way begins with its instances.
 */
export function inWindows(
  scope: Construct,
  id: string,
  target: LambdaFunction,
  windows: readonly ProvisionedWindow[],
  member: 'serve' | 'ingest',
  nowMs: number,
): IFunction {
  if (windows.length === 0) return target;
  // The library's classes leave optional members undefined where its interfaces want them absent.
  const alias = new Alias(scope, id, { aliasName: 'live', version: target.currentVersion as IVersion });
  const underWay = windows.find(({ from, to }) => Date.parse(from) <= nowMs && nowMs < Date.parse(to));
  const instances = underWay?.[member] ?? 0;
  const scaling = alias.addAutoScaling({ minCapacity: instances, maxCapacity: instances });
  for (const window of windows) {
    const { from, to } = window;
    const change = (name: string, at: string, capacity: number) => {
      if (Date.parse(at) <= nowMs) return;
      const schedule = Schedule.at(new Date(at));
      scaling.scaleOnSchedule(name, { schedule, minCapacity: capacity, maxCapacity: capacity });
    };
    change(`From${from}`, from, window[member]);
    // A window that begins as this one ends has its own say.
    if (!windows.some((other) => other.from === to)) change(`To${to}`, to, 0);
  }
  return alias as IFunction;
}
