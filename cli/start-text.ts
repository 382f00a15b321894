import type { PublishingPoint } from '../embedded';

export interface StartFacts {
  readonly edgeUrl: string;
  readonly regions: readonly { readonly name: string; readonly url: string }[];
  /** Undefined where the token was given on the command line. */
  readonly controlTokenPath: string | undefined;
  /** Put into the console's link, for the demo; undefined where the operator types it. */
  readonly consoleToken: string | undefined;
  /** Of the demo; undefined without it. */
  readonly publishingPoints: readonly PublishingPoint[] | undefined;
}

/** What a person needs after the start, to be copied line by line. */
export function startText({
  edgeUrl,
  regions,
  controlTokenPath,
  consoleToken,
  publishingPoints,
}: StartFacts): string {
  const lines = [
    'Headwater is running. Ctrl-C ends it; what was acknowledged is kept.',
    '',
    ...consoleLines(edgeUrl, consoleToken),
    `  Player    ${edgeUrl}/console/player.html`,
    ...(publishingPoints === undefined ? [] : demoLines(edgeUrl)),
    ...regions.map(({ name, url }) => `  Region    ${url}  (${name}: publish, serve, control)`),
    `  Token     ${controlTokenPath ?? 'as given'}  (Authorization: Bearer, for /control/v1)`,
    ...publishLines(
      edgeUrl,
      regions.map(({ url }) => url),
      publishingPoints ?? [],
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** After the `#`, where no server and no log sees it; the page takes it out of the address at once. */
function consoleLines(edgeUrl: string, token: string | undefined): string[] {
  return [`  Console   ${edgeUrl}/console/${token === undefined ? '' : `#token=${token}`}`];
}

function demoLines(edgeUrl: string): string[] {
  const demo = `${edgeUrl}/live/demo/loop`;
  return [`  DASH      ${demo}/manifest.mpd`, `  HLS       ${demo}/master.m3u8`];
}

/** As in docs/packagers.md, which says why each option is there. */
const FFMPEG = [
  'T0=$(( ($(date +%s) / 8 + 1) * 8 )); while [ "$(date +%s)" -lt $T0 ]; do sleep 0.02; done',
  'HLS=(-output_ts_offset "$T0" -f hls -method PUT -http_persistent 1',
  '  -headers "Authorization: Basic $(printf %s "$PIPELINE:$SECRET" | base64 -w0)"$\'\\r\\n\'',
  '  -hls_time 2 -hls_segment_type fmp4 -hls_segment_options movflags=+frag_discont',
  '  -start_number "$((T0 / 2))" -hls_fmp4_init_filename init.mp4)',
  'ffmpeg -nostdin -loglevel warning \\',
  '  -re -f lavfi -i testsrc2=size=1280x720:rate=25 -re -f lavfi -i sine=frequency=440:sample_rate=48000 \\',
  '  -map 0:v -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -b:v 800k -bf 0 \\',
  '  -g 50 -keyint_min 50 -sc_threshold 0 \\',
  '  "${HLS[@]}" -hls_segment_filename "$EVENT/v720/%d.m4s" "$EVENT/v720/media.m3u8" \\',
  '  -map 1:a -c:a aac -b:a 128k -ar 48000 -ac 2 -af asetpts=N+1024 \\',
  '  "${HLS[@]}" -hls_segment_filename "$EVENT/a128/%d.m4s" "$EVENT/a128/media.m3u8"',
];

/** Two of these, started whenever and wherever, agree on every number and every tick. */
function publishLines(
  edgeUrl: string,
  regionUrls: readonly string[],
  points: readonly PublishingPoint[],
): string[] {
  const [first] = points;
  if (first === undefined) return [];
  const path = `live/${first.event.tenant}/${first.event.event}`;
  return [
    '',
    `Publish with ffmpeg (bash) to ${edgeUrl}/${path}/master.m3u8 and manifest.mpd; one of`,
    ...points.map(({ pipeline, secret }, index) => {
      const region = regionUrls[index % regionUrls.length] ?? '';
      return `EVENT=${region}/${path} PIPELINE=${pipeline} SECRET=${secret}`;
    }),
    'then',
    ...FFMPEG,
  ];
}
