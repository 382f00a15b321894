import type { ApplianceGroup } from './group';
import { eventsDirectory, healthFile, regionSocket, varnishSocket, type Places } from './places';

export interface RegionCredential {
  readonly header: string;
  readonly value: string;
}

/**
 * nginx's local.conf: places, Varnish, and one server for each region, by which Varnish reaches it. Varnish speaks no
 * TLS, and the credential that regions ask of a CDN is nothing for its log.
 * @param script absolute path of the built guard
 */
export function nginxLocal(
  group: ApplianceGroup,
  places: Places,
  script: string,
  credential: RegionCredential | undefined,
): string {
  return `# Written by \`headwater edge-setup\`: do not edit.
js_import headwater from ${script};
js_var $headwater_events ${eventsDirectory(places)}/;
js_var $headwater_health ${healthFile(places)};

upstream headwater_varnish {
    server unix:${varnishSocket(places)};
    # Every client that waits has a connection of its own; these stay open for the next storm.
    keepalive 512;
    keepalive_requests 1000000;
}
${group.regions.map((region) => regionServer(region, group, places, credential)).join('')}`;
}

function regionServer(
  { name, url }: ApplianceGroup['regions'][number],
  { trustedCertificates }: ApplianceGroup,
  places: Places,
  credential: RegionCredential | undefined,
): string {
  const { protocol, hostname, port, host } = new URL(url);
  const isTls = protocol === 'https:';
  return `
upstream headwater_region_${name} {
    # Addresses are looked up when nginx loads: a reload each hour follows them.
    server ${hostname}:${port === '' ? (isTls ? 443 : 80) : port} max_fails=0;
    # A TLS handshake costs more than a segment: fetches reuse these.
    keepalive 64;
}

server {
    listen unix:${regionSocket(places, name)};
    access_log off;
    location / {
        proxy_pass ${protocol}//headwater_region_${name};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host ${host};
        # What tells an answer apart, and nothing that Varnish says to itself or another cache.
        proxy_pass_request_headers off;
        proxy_set_header Headwater-Version $http_headwater_version;
        proxy_set_header If-None-Match $http_if_none_match;
        proxy_set_header If-Modified-Since $http_if_modified_since;${credentialLine(credential)}${isTls ? tlsLines(hostname, trustedCertificates) : ''}
        # A region's answer is data: it steers nothing here.
        proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;
        # The region's own, which is older than the answer where a cache stands before it.
        proxy_pass_header Date;
        proxy_connect_timeout 1s;
        # Varnish has its own bounds, shorter than these.
        proxy_read_timeout 25s;
        # A kept connection may be closed there as a request leaves here: that one is sent again on another, and no region is
        # taken for failing. What fails otherwise is Varnish's to count: a region with one address is not asked twice.
        proxy_next_upstream error;
        # A player that leaves is no reason to stop a fetch; a Varnish that gave up is.
        proxy_ignore_client_abort off;
        proxy_buffer_size 16k;
        proxy_buffers 16 64k;
        proxy_busy_buffers_size 128k;
        proxy_max_temp_file_size 0;
    }
}
`;
}

function credentialLine(credential: RegionCredential | undefined): string {
  return credential === undefined
    ? ''
    : `
        # What the region's serve API asks of a CDN.
        proxy_set_header ${credential.header} "${credential.value}";`;
}

function tlsLines(hostname: string, trustedCertificates: string): string {
  return `
        # The certificate counts, and the name in the handshake chooses it.
        proxy_ssl_server_name on;
        proxy_ssl_name ${hostname};
        proxy_ssl_verify on;
        proxy_ssl_verify_depth 4;
        proxy_ssl_trusted_certificate ${trustedCertificates};
        proxy_ssl_protocols TLSv1.2 TLSv1.3;
        proxy_ssl_session_reuse on;`;
}
