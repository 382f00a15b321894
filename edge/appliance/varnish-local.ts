import { GroupRefused, type ApplianceGroup, type FillRule } from './group';
import { regionSocket, type Places } from './places';

/**
 * Varnish's local.vcl: regions with their probes, the order in which each is tried, and who fills what.
 * @param node this appliance's name in `group.nodes`; undefined for one that is in no group
 * @throws GroupRefused for a node that the group does not have
 */
export function varnishLocal(group: ApplianceGroup, places: Places, node: string | undefined): string {
  if (node !== undefined && !group.nodes.some(({ name }) => name === node))
    throw new GroupRefused(
      `node: wanted one of ${group.nodes.map(({ name }) => name).join(', ')}, got ${node}`,
    );
  const peers = node === undefined ? [] : group.nodes.filter(({ name }) => name !== node);
  const rules = node === undefined ? [] : group.fill;
  // VCL takes no backend that nobody asks.
  const fillers = peers.filter(({ name }) => rules.some(({ nodes }) => nodes.includes(name)));
  return `# Written by \`headwater edge-setup\`: do not edit.
# A region is asked for the time, which costs it nothing. Two answers of the last three make it healthy, so that one
# lost packet is no outage, and an outage is noticed within two seconds.
probe headwater_region {
    .request = "GET /live/time HTTP/1.1" "Host: headwater" "Connection: close";
    .interval = 1s;
    .timeout = 900ms;
    .window = 3;
    .threshold = 2;
    .initial = 2;
}
${group.regions.map(({ name }, index) => regionBackend(regionSocket(places, name), index)).join('')}${fillers.length === 0 ? '' : NODE_PROBE}${fillers.map(peerBackend).join('')}
acl headwater_peers {
${peers.map(({ host }) => `    "${host}";\n`).join('') || '    "127.0.0.1";\n'}}

sub vcl_init {
${anyRegion(group.regions.length)}${rules.map((rule, index) => fillDirector(rule, index, node)).join('')}}

${rules.length === 0 ? '' : fillChoice(rules)}${turns(group.regions.length, rules.length > 0)}`;
}

const NODE_PROBE = `
probe headwater_node {
    .request = "GET /healthz HTTP/1.1" "Host: headwater" "Connection: close";
    .interval = 1s;
    .timeout = 900ms;
    .window = 3;
    .threshold = 2;
    .initial = 2;
}
`;

/**
 * Fetches at a time, to each region; what waits behind one fetch costs none. Live has its own, so that no storm far back
 * takes them (docs/overload.md).
 */
export const CONNECTIONS_MAX = { live: 256, dvr: 128 };

function regionBackend(socket: string, index: number): string {
  return `
backend region_${index} {
    .path = "${socket}";
    .host_header = "headwater";
    .probe = headwater_region;
    .max_connections = ${CONNECTIONS_MAX.live};
}
# As healthy as the one above: nobody asks twice.
backend region_${index}_dvr {
    .path = "${socket}";
    .host_header = "headwater";
    .max_connections = ${CONNECTIONS_MAX.dvr};
}
`;
}

function peerBackend({ name, host, port }: ApplianceGroup['nodes'][number]): string {
  return `
backend ${nodeBackend(name)} {
    .host = "${host}";
    .port = "${port}";
    .probe = headwater_node;
    .connect_timeout = 1s;
    .max_connections = 512;
}
`;
}

/** VCL names have no `-` at the end of a rule, so ours are spelled. */
function nodeBackend(name: string): string {
  return `node_${name.replaceAll('-', '_d_')}`;
}

/** Healthy while one is; who asks it takes the first of those. */
function anyRegion(count: number): string {
  const members = Array.from({ length: count }, (_, at) => `    regions.add_backend(region_${at});\n`);
  return `    new regions = directors.fallback();
${members.join('')}`;
}

/** Consistent hashing over the nodes' names: on every node the same choice, and little moves when one is added. */
function fillDirector({ nodes }: FillRule, index: number, self: string | undefined): string {
  const members = nodes.map((node) => {
    const backend = node === self ? 'regions.backend()' : nodeBackend(node);
    return `    fill_${index}.add_backend(${backend}, ident="${node}");\n`;
  });
  return `    new fill_${index} = directors.shard();
${members.join('')}    fill_${index}.reconfigure();
`;
}

/** Chooses by event and folder; a node that is down is passed over, and when all are the regions are asked. */
function fillChoice(rules: readonly FillRule[]): string {
  const branches = rules.map((rule, index) => {
    const test = `bereq.url ~ "^/live/${rule.event?.replaceAll('.', '\\.') ?? '[^/]+/[^/]+'}/${
      rule.folder === undefined ? '' : `${rule.folder.replaceAll('.', '\\.')}/[^/]+$`
    }"`;
    return `${index === 0 ? 'if' : ' elsif'} (${test}) {
        set bereq.backend = fill_${index}.backend(by=KEY,
            key=fill_${index}.key(regsub(bereq.url, "/[^/]*$", "")), resolve=NOW, healthy=CHOSEN);
    }`;
  });
  return `
sub headwater_fill {
    set bereq.backend = regions.backend();
    ${branches.join('')}
    set bereq.http.Headwater-Turn = bereq.backend;
}
`;
}

/** Each try is another region's turn; Headwater-Left says that there is one more. */
function turns(count: number, hasFill: boolean): string {
  const steps = Array.from({ length: count }, (_, at) => {
    const before =
      at === 0
        ? '!bereq.http.Headwater-Turn || bereq.http.Headwater-Turn == "fill"'
        : `bereq.http.Headwater-Turn == "${at - 1}"`;
    return `${at === 0 ? 'if' : ' elsif'} (${before}) {
        set bereq.http.Headwater-Turn = "${at}";
        ${at + 1 < count ? 'set bereq.http.Headwater-Left = "1"' : 'unset bereq.http.Headwater-Left'};
    }`;
  });
  const regions = Array.from({ length: count }, (_, at) => at);
  const choices = regions.map(
    (first) => `${first === 0 ? 'if' : ' elsif'} (bereq.http.Headwater-Turn == "${first}") {
        ${healthiest(first, count)}
    }`,
  );
  const backends = regions.map(
    (at) => `${at === 0 ? 'if' : ' elsif'} (bereq.http.Headwater-Region == "${at}") {
        if (bereq.http.Headwater-Traffic == "live") {
            set bereq.backend = region_${at};
        } else {
            set bereq.backend = region_${at}_dvr;
        }
    }`,
  );
  const fill = `    # What a fill node asks for is fetched here: no request goes round.
    if (bereq.retries == 0 && !bereq.http.Headwater-Fill) {
        call headwater_fill;
        if (bereq.http.Headwater-Turn ~ "^node_") {
            set bereq.http.Headwater-Turn = "fill";
            set bereq.http.Headwater-Left = "1";
            return;
        }
        unset bereq.http.Headwater-Turn;
    }
`;
  return `
sub headwater_take_turn {
${hasFill ? fill : ''}    if (bereq.http.Headwater-Again) {
        set bereq.http.Headwater-Turn = bereq.http.Headwater-Again;
        unset bereq.http.Headwater-Again;
        unset bereq.http.Headwater-Left;
    } else ${steps.join('')}
    ${choices.join('')}
    ${backends.join('')}
}
`;
}

/** Region `first`, or else the next in order whose probe succeeds. With none, the one whose probe says so: it fails at once. */
function healthiest(first: number, count: number): string {
  const order = Array.from({ length: count }, (_, at) => (first + at) % count);
  const tries = order.map(
    (at) => `if (std.healthy(region_${at})) {
            set bereq.http.Headwater-Region = "${at}";
        }`,
  );
  return `${tries.join(' els')} else {
            set bereq.backend = region_${first};
            return;
        }`;
}
