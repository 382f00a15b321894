import { CACHE } from './cache-policy';

/** What a change touches: each is kept by others than the origins. */
export type Touched = 'segments' | 'manifests' | 'notices' | 'nothing';

/**
 * An origin looks at an event once a second and waits 100 ms for it (`events/event-directory.ts`); the replica of the
 * table that it reads is behind the home region's by less than a second as a rule.
 */
const ORIGINS_MS = 2000;
/** Edges ask for their configuration every second, and so learn of a cache version, an invalidation or a notice. */
const EDGES_MS = ORIGINS_MS + staleMs('max-age=1');
/** DASH's minimumUpdatePeriod: players ask for the MPD again after it. */
const MPD_UPDATE_MS = 10_000;

interface Slower {
  readonly what: string;
  /** From the answer on; null where nobody names a bound. */
  readonly withinMs: number | null;
}

const SLOWER: Readonly<Record<Touched, readonly Slower[]>> = {
  nothing: [],
  notices: [
    { what: 'edges that ask for the configuration', withinMs: EDGES_MS },
    {
      what: 'CloudFront: the notices in its key value store (seconds as a rule, no bound is given)',
      withinMs: null,
    },
  ],
  segments: [
    { what: 'edges that ask for the configuration, and caches behind them', withinMs: EDGES_MS },
    { what: 'HLS playlists in caches', withinMs: ORIGINS_MS + staleMs(CACHE.hls) },
    { what: "segments in a viewer's own cache", withinMs: ORIGINS_MS + 60_000 },
    {
      what: 'CloudFront: the version in its key value store (seconds as a rule, no bound is given)',
      withinMs: null,
    },
  ],
  manifests: [
    { what: 'edges that ask for the configuration, and caches behind them', withinMs: EDGES_MS },
    { what: 'HLS playlists in caches', withinMs: ORIGINS_MS + staleMs(CACHE.hls) },
    { what: 'MPDs in caches', withinMs: ORIGINS_MS + staleMs(CACHE.mpd) },
    {
      what: 'DASH players, which ask again after minimumUpdatePeriod',
      withinMs: ORIGINS_MS + staleMs(CACHE.mpd) + MPD_UPDATE_MS,
    },
    {
      what: 'CloudFront: the schedule in its key value store (seconds as a rule, no bound is given)',
      withinMs: null,
    },
  ],
};

/** When a change acts everywhere: all origins first, then what keeps their answers, and by how much it is slower. */
export function takesEffect(touched: Touched) {
  return { originsMs: ORIGINS_MS, slower: SLOWER[touched] };
}

/** How long a cache may go on with an answer: fresh, and then stale while it asks (RFC 5861). */
function staleMs(cacheControl: string): number {
  const secondsOf = (name: string) =>
    Number(new RegExp(`(?:^|[ ,])${name}=(\\d+)`).exec(cacheControl)?.[1] ?? 0);
  return (secondsOf('max-age') + secondsOf('stale-while-revalidate')) * 1000;
}
