import { GroupRefused, parseGroup } from '../../edge/appliance/group';
import { nginxLocal } from '../../edge/appliance/nginx-local';
import { DEBIAN } from '../../edge/appliance/places';
import { varnishLocal } from '../../edge/appliance/varnish-local';

const REGIONS = [
  { name: 'us-east-1', url: 'https://east.example.com' },
  { name: 'us-west-2', url: 'http://127.0.0.1:8082' },
];
const NODES = [
  { name: 'edge-1', host: '10.0.0.1', port: 6082 },
  { name: 'edge-2', host: '10.0.0.2', port: 6082 },
];

const group = (more: Readonly<Record<string, unknown>> = {}) =>
  parseGroup(JSON.stringify({ regions: REGIONS, ...more }));

describe('a group file', () => {
  it.each([
    ['no JSON', 'regions', /wanted JSON/],
    ['no regions', '{}', /^regions/],
    ['a member that nobody knows', JSON.stringify({ regions: REGIONS, region: 1 }), /^region:/],
    [
      'a URL with a path',
      JSON.stringify({ regions: [{ name: 'a', url: 'https://a/b' }] }),
      /^regions\.0\.url/,
    ],
    [
      'a directive in a URL',
      JSON.stringify({ regions: [{ name: 'a', url: 'http://a;}' }] }),
      /^regions\.0\.url/,
    ],
    [
      'two regions of one name',
      JSON.stringify({ regions: [REGIONS[0], REGIONS[0]] }),
      /^regions: wanted names/,
    ],
    [
      'a rule with a node that is not there',
      JSON.stringify({ regions: REGIONS, nodes: NODES, fill: [{ nodes: ['edge-3'] }] }),
      /^fill\.0\.nodes.*edge-3/,
    ],
  ])('%s: refused, and the member is named', (_, text, message) => {
    expect(() => parseGroup(text)).toThrow(GroupRefused);
    expect(() => parseGroup(text)).toThrow(message);
  });

  it('takes no name for a machine but those of its nodes', () => {
    expect(() => varnishLocal(group({ nodes: NODES }), DEBIAN, 'edge-9')).toThrow(
      /edge-1, edge-2, got edge-9/,
    );
  });
});

describe("an appliance's own configuration", () => {
  it('speaks TLS to the regions that do, checks the certificate, and shows the credential to each', () => {
    const credential = { header: 'headwater-edge-credential', value: 'secret' };
    const [east = '', west = ''] = nginxLocal(group(), DEBIAN, '/x.js', credential)
      .split('\nserver {')
      .slice(1);
    expect(east).toContain('proxy_pass https://headwater_region_us-east-1;');
    expect(east).toContain('proxy_ssl_verify on;');
    expect(west).not.toContain('proxy_ssl');
    for (const server of [east, west])
      expect(server).toContain('proxy_set_header headwater-edge-credential "secret";');
  });

  it('asks other nodes only where a rule names them, and itself never', () => {
    const filled = group({ nodes: NODES, fill: [{ nodes: ['edge-1', 'edge-2'] }] });
    const first = varnishLocal(filled, DEBIAN, 'edge-1');
    expect(first).toContain('backend node_edge_d_2 {');
    expect(first).not.toContain('backend node_edge_d_1 {');
    expect(first).toContain('fill_0.add_backend(regions.backend(), ident="edge-1");');
    expect(varnishLocal(group({ nodes: NODES }), DEBIAN, 'edge-1')).not.toContain('fill_0');
  });
});
