import type { PublishingPoint } from '../embedded';

export interface StartFacts {
  readonly edgeUrl: string;
  readonly regions: readonly { readonly name: string; readonly url: string }[];
  /** Undefined where the token was given on the command line. */
  readonly controlTokenPath: string | undefined;
  /** Of the demo; undefined without it. */
  readonly publishingPoints: readonly PublishingPoint[] | undefined;
}

/** What a person needs after the start, to be copied line by line. */
export function startText({ edgeUrl, regions, controlTokenPath, publishingPoints }: StartFacts): string {
  const lines = [
    'Headwater is running. Ctrl-C ends it; what was acknowledged is kept.',
    '',
    `  Console   ${edgeUrl}/console/`,
    ...(publishingPoints === undefined ? [] : demoLines(edgeUrl)),
    ...regions.map(({ name, url }) => `  Region    ${url}  (${name}: publish, serve, control)`),
    `  Token     ${controlTokenPath ?? 'as given'}  (Authorization: Bearer, for /control/v1)`,
    ...(publishingPoints ?? []).flatMap((point, index) =>
      publishLines(regions[index % regions.length]?.url ?? '', point),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function demoLines(edgeUrl: string): string[] {
  const demo = `${edgeUrl}/live/demo/loop`;
  return [
    `  Player    ${edgeUrl}/console/player.html`,
    `  DASH      ${demo}/manifest.mpd`,
    `  HLS       ${demo}/master.m3u8`,
  ];
}

/**
 * Publishing with ffmpeg, epoch-locked: two of these, started whenever, agree on every number and every tick
 * (docs/packagers.md). T0 is a wall time where video and audio frames meet: a multiple of 8 s.
 */
function publishLines(url: string, { event, pipeline, secret }: PublishingPoint): string[] {
  const path = `live/${event.tenant}/${event.event}`;
  const base = url.replace('http://', `http://${pipeline}:${secret}@`);
  const hls = (track: string, map: string) =>
    `-map ${map} -f hls -method PUT -http_persistent 1 -hls_segment_type fmp4 -hls_time 2 ` +
    `-hls_segment_options movflags=+frag_discont -start_number $((T0/2)) -hls_fmp4_init_filename init.mp4 ` +
    `-hls_segment_filename ${base}/${path}/${track}/%d.m4s ${base}/${path}/${track}/media.m3u8`;
  return [
    '',
    `Publish to ${path} as pipeline ${pipeline} with ffmpeg:`,
    'T0=$((($(date +%s)/8+1)*8)); while [ $(date +%s) -lt $T0 ]; do sleep 0.02; done; ' +
      'ffmpeg -hide_banner -loglevel warning -re -f lavfi -i testsrc2=size=1280x720:rate=25 ' +
      '-re -f lavfi -i sine=frequency=440:sample_rate=48000 -c:v libx264 -preset ultrafast -tune zerolatency ' +
      '-pix_fmt yuv420p -b:v 800k -bf 0 -g 50 -keyint_min 50 -sc_threshold 0 -c:a aac -b:a 64k -ar 48000 -ac 2 ' +
      `-output_ts_offset $T0 ${hls('v720', '0:v')} ${hls('a128', '1:a')}`,
  ];
}
