import type { ApplianceGroup } from './group';
import { adminSocket, varnishSocket, type Places } from './places';

export interface VarnishOptions {
  /** Of sockets: who may ask (nginx), and who may ban (the agent). undefined: whoever starts Varnish. */
  readonly owner: string | undefined;
  readonly vcl: string;
  /** Where this node listens for the others; undefined outside a group. */
  readonly fillAddress: string | undefined;
}

/** Parameters that differ from Varnish 7.1's own, each with its reason. */
const PARAMETERS: readonly (readonly [string, string])[] = [
  // Media is compressed already: no second copy, no Accept-Encoding towards the origin.
  ['http_gzip_support', 'off'],
  // A turn for each of eight regions and a fill node, and once more for an honest 404.
  ['max_retries', '10'],
  // Lifetimes and grace come from Cache-Control alone (headwater.vcl).
  ['default_ttl', '0'],
  ['default_grace', '0'],
  ['default_keep', '0'],
  // A thousand players connect within a moment; a full queue of a Unix socket refuses where TCP would wait.
  ['listen_depth', '16384'],
  // Who waits holds no thread, but the answers to all of them leave at once.
  ['thread_pool_min', '200'],
  // Each answer wakes so many who wait for it. The default of 3 takes seven rounds for a thousand.
  ['rush_exponent', '32'],
  // A client that takes bytes slowly holds a thread once nginx has its megabyte: for a minute, not for ten.
  ['send_timeout', '60'],
  // nginx keeps its connections for the next storm.
  ['timeout_idle', '90'],
  // Answers carry about 20 headers of ours.
  ['http_max_hdr', '96'],
];

/** How varnishd is started, by systemd and by the tests alike. */
export function varnishArguments(
  group: ApplianceGroup,
  places: Places,
  { owner, vcl, fillAddress }: VarnishOptions,
): readonly string[] {
  const rights = owner === undefined ? 'mode=600' : `user=${owner},group=${owner},mode=660`;
  return [
    // Everybody on this machine may ask: nginx does it for the world.
    ...['-a', `media=${varnishSocket(places)},mode=666`],
    ...['-a', `admin=${adminSocket(places)},${rights}`],
    ...(fillAddress === undefined ? [] : ['-a', `fill=${fillAddress},HTTP`]),
    ...['-f', vcl],
    ...['-s', `default=malloc,${group.memoryMegabytes}m`],
    // Answers of less than ten seconds are kept here, by default without a bound.
    ...['-s', `Transient=malloc,${Math.ceil(group.memoryMegabytes / 4)}m`],
    ...PARAMETERS.flatMap(([name, value]) => ['-p', `${name}=${value}`]),
  ];
}
