import { channelsOfConfiguration } from '../media/channel-configuration';
import { childrenNamed, type Element } from './mpd-document';

/** A run of segments in a SegmentTimeline (ISO/IEC 23009-1, 5.3.9.6), ticks of the template's timescale. */
export interface TimelineRun {
  readonly t: bigint;
  readonly d: bigint;
  readonly count: number;
}

/** What applies to one Representation after DASH's inheritance. Attributes stay text until they are needed. */
export interface MpdTrack {
  readonly id: string;
  /** Attributes of AdaptationSet and Representation; the latter's count. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly channels: number | undefined;
  readonly role: string | undefined;
  readonly label: string | undefined;
  /** Of Period, AdaptationSet and Representation, the nearest counts. */
  readonly template: Readonly<Record<string, string>>;
  readonly timeline: readonly TimelineRun[];
  /** Relative BaseURLs, joined; a prefix of its names. */
  readonly basePath: string;
}

export interface Mpd {
  readonly attributes: Readonly<Record<string, string>>;
  readonly periodStart: string | undefined;
  readonly periods: number;
  /** Of the last Period: the one that is live. */
  readonly tracks: readonly MpdTrack[];
}

const RUNS_MAX = 100_000;

/** @param folder before every name: where the MPD itself lies */
export function readMpd(root: Element, folder = ''): Mpd {
  const periods = childrenNamed(root, 'Period');
  const period = periods.at(-1);
  const tracks = childrenNamed(period, 'AdaptationSet').flatMap((set) =>
    childrenNamed(set, 'Representation').map((representation) =>
      trackOf(folder, root, period, set, representation),
    ),
  );
  return {
    attributes: root.attributes,
    periodStart: period?.attributes['start'],
    periods: periods.length,
    tracks,
  };
}

function trackOf(
  folder: string,
  root: Element,
  period: Element | undefined,
  set: Element,
  representation: Element,
): MpdTrack {
  const levels = [period, set, representation];
  const templates = levels.flatMap((level) => childrenNamed(level, 'SegmentTemplate'));
  const timelines = templates.flatMap((template) => childrenNamed(template, 'SegmentTimeline'));
  const configurations = levels.flatMap((level) => childrenNamed(level, 'AudioChannelConfiguration'));
  const bases = [root, ...levels].map((level) => childrenNamed(level, 'BaseURL')[0]?.text.trim() ?? '');
  return {
    id: representation.attributes['id'] ?? '',
    attributes: { ...set.attributes, ...representation.attributes },
    channels: configurations.map(channelsOf).findLast((count) => count !== undefined),
    role: childrenNamed(set, 'Role')[0]?.attributes['value'],
    label: childrenNamed(set, 'Label')[0]?.text,
    template: Object.assign({}, ...templates.map(({ attributes }) => attributes)) as Record<string, string>,
    timeline: runsOf(timelines.at(-1)),
    basePath: folder + bases.join('').replace(/^\.\//, ''),
  };
}

/** MPEG's two schemes have the same indices; others count in other ways (Dolby's in hexadecimal). */
function channelsOf({ attributes }: Element): number | undefined {
  const isIndex = /^urn:mpeg:(dash:23003:3:|mpegB:cicp:)/.test(attributes['schemeIdUri'] ?? '');
  const index = isIndex ? whole(attributes['value']) : undefined;
  return index === undefined ? undefined : channelsOfConfiguration(Number(index));
}

/** The name of one of the track's objects (ISO/IEC 23009-1, 5.3.9.4.4), as it stands in the MPD. */
export function trackName({ id, attributes, basePath }: MpdTrack, template: string, counter = 0n): string {
  const filled = template
    .replaceAll('$RepresentationID$', id)
    .replaceAll('$Bandwidth$', attributes['bandwidth'] ?? '')
    .replace(/\$(?:Number|Time)(?:%0(\d{1,2})d)?\$/g, (_, width: string | undefined) =>
      counter.toString().padStart(Number(width ?? 1), '0'),
    );
  return basePath + filled;
}

/** Where t is left out a run follows the one before; r = -1 (until the next update) counts as one segment. */
function runsOf(timeline: Element | undefined): readonly TimelineRun[] {
  let next = 0n;
  return childrenNamed(timeline, 'S')
    .slice(0, RUNS_MAX)
    .map(({ attributes }) => {
      const t = whole(attributes['t']) ?? next;
      const d = whole(attributes['d']) ?? 0n;
      const count = Math.max(0, Math.min(Number(attributes['r'] ?? 0), RUNS_MAX)) + 1;
      next = t + d * BigInt(count);
      return { t, d, count };
    });
}

/** @returns undefined for what is no whole number from 0 on. */
export function whole(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}

/** xs:duration without years and months, in milliseconds: `PT2.002S`, `P1DT2H`. */
export function durationMs(text: string | undefined): number | undefined {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text ?? '');
  if (parts === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  return Math.round(((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000);
}
