import { DEFECT_CLASS_OF } from '../origin/media/defect';
import type { PublisherEvent, PublisherStats, RegionStatus, TrackStatus } from '../publisher';

/** One line for each representation, then one for each region that lacks something or had trouble. */
export function statusLines({ tracks, regions, torn }: PublisherStats): readonly string[] {
  if (tracks.length === 0) return ['waiting for the packager'];
  const widths = { track: widest(tracks.map(({ track }) => track)), last: widest(tracks.map(lastOf)) };
  return [
    ...tracks.map((track) => trackLine(track, widths)),
    ...regions.flatMap(regionLine),
    ...(torn > 0 ? [`${torn} torn: the packager left before the body was whole`] : []),
  ];
}

function trackLine(status: TrackStatus, widths: { readonly track: number; readonly last: number }): string {
  const { track, segments, delayMs, defective, lastDefects, regions } = status;
  const delay = delayMs === undefined ? '' : `${(delayMs / 1000).toFixed(2)} s`;
  const defects = defective === 0 ? 'clean' : `${defective} defective (${lastDefects.join(', ')})`;
  const counts = Object.entries(regions).map(([region, { ok, late, refused, lost }]) => {
    const refusals = refused > 0 ? ` refused ${refused}` : '';
    return `${region} ok ${ok} late ${late} lost ${lost}${refusals}`;
  });
  const parts = [track.padEnd(widths.track), lastOf(status).padStart(widths.last), delay.padStart(8)];
  return [...parts, `${segments} segments`, defects, ...counts].join('  ');
}

function lastOf({ last }: TrackStatus): string {
  return last ?? '-';
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length));
}

function regionLine({
  region,
  backlogParcels,
  backlogBytes,
  spoolBytes,
  lastTrouble,
}: RegionStatus): string[] {
  const megabytes = ((backlogBytes + spoolBytes) / 1e6).toFixed(1);
  const missing = backlogParcels > 0 ? [`${backlogParcels} to catch up (${megabytes} MB)`] : [];
  const trouble = lastTrouble === undefined ? [] : [`last trouble: ${lastTrouble}`];
  return missing.length + trouble.length === 0 ? [] : [`${region}  ${[...missing, ...trouble].join('  ')}`];
}

/** A line of JSON for programs; times in UTC milliseconds. */
export function eventJson(event: PublisherEvent): string {
  return `${JSON.stringify(viewOf(event))}\n`;
}

function viewOf(event: PublisherEvent) {
  switch (event.kind) {
    case 'torn':
      return { event: 'torn', path: event.path };
    case 'outcome': {
      const { kind, ...rest } = event.outcome;
      const { path, track, size, receivedAtMs } = event.head;
      return { event: kind, region: event.region, path, track, size, receivedAtMs, ...rest };
    }
    case 'received': {
      const { path, track, kind, bytes, digest, receivedAtMs } = event.parcel;
      const { number, defects, mediaEndMs } = event.verdict;
      const named = defects.map(({ name, measures }) => ({
        name,
        class: DEFECT_CLASS_OF[name],
        ...measures,
      }));
      const head = { event: 'received', kind, path, track, number, size: bytes.length, digest, receivedAtMs };
      return { ...head, mediaEndMs, defects: named };
    }
  }
}
