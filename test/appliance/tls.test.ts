import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { get, makeEvent, media, newest, PATIENT, type TestEvent } from '../acceptance/deployment';
import { type Appliance, startAppliance } from './appliance';
import { Authority, type Certificate } from './certificates';
import { HELD, nextNumber, openTestAgent, startWatchedOrigin, type WatchedOrigin } from './guarded-origin';
import { freePort } from './daemon';
import { RegionProxy } from './region-proxy';

let folder: string;
let authority: Authority;
let watched: WatchedOrigin;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hwc-'));
  authority = new Authority(mkdtempSync(join(folder, 'a')));
  watched = await startWatchedOrigin();
});

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

afterAll(async () => {
  await watched.stop();
  rmSync(folder, { recursive: true });
});

/** Each region of the origin behind TLS. */
async function behindTls(certificates: readonly Certificate[]): Promise<readonly RegionProxy[]> {
  const { regions } = watched.origin.deployment;
  return Promise.all(
    certificates.map(async (certificate, index) => {
      const proxy = new RegionProxy(`region-${index}`, regions[index]?.serveUrl ?? '', certificate);
      opened.push(proxy);
      return proxy.start();
    }),
  );
}

async function applianceBefore(
  proxies: readonly RegionProxy[],
  site?: (port: number) => string,
): Promise<Appliance> {
  const regions = proxies.map(({ name, url }) => ({ name, url }));
  const group = watched.group({ regions, trustedCertificates: authority.rootFile });
  const appliance = await startAppliance(group, site && { site });
  opened.push({ close: () => appliance.stop() });
  return appliance;
}

async function published(event: TestEvent, number: number): Promise<string> {
  for (const region of [0, 1]) await event.putMedia('a', number, media(number), { region });
  return `${event.path}/v360/${number}.m4s`;
}

describe('to the regions', () => {
  it('asks by name, trusts a chain, and makes few handshakes for many fetches', async () => {
    const [region] = await behindTls([authority.issue('localhost')]);
    const appliance = await applianceBefore(region === undefined ? [] : [region]);
    const event = await makeEvent(watched.origin.deployment, PATIENT);
    for (let number = newest() - 40; number < newest() - 10; number += 1) {
      const { status, body } = await get(appliance.url + (await published(event, number)));
      expect([status, body.equals(Buffer.from(media(number)))]).toEqual([200, true]);
    }
    expect(new Set(region?.serverNames)).toEqual(new Set(['localhost']));
    expect(region?.serverNames.length).toBeLessThan(5);
    expect(region?.requests.length).toBeGreaterThanOrEqual(30);
  });

  it.each<[string, () => Certificate]>([
    ['is for another name', () => authority.issue('elsewhere.test')],
    ['comes from another authority', () => new Authority(mkdtempSync(join(folder, 'b'))).issue('localhost')],
    [
      'lacks what is between it and the root',
      () => {
        const whole = authority.issue('localhost');
        return { ...whole, cert: readFileSync(whole.leafFile) };
      },
    ],
  ])('a region whose certificate %s is asked nothing; the other one answers', async (_, wrong) => {
    const proxies = await behindTls([wrong(), authority.issue('localhost')]);
    const appliance = await applianceBefore(proxies);
    const event = await makeEvent(watched.origin.deployment, PATIENT);
    const { status, headers } = await get(appliance.url + (await published(event, newest() - 20)));
    expect([status, headers['headwater-candidate']]).toEqual([
      200,
      expect.stringContaining('served="us-west-2"'),
    ]);
    expect(proxies[0]?.requests).toEqual([]);
    expect(proxies[0]?.serverNames).not.toEqual([]);
  });
});

describe('to viewers, by the server of docs/appliance.md', () => {
  const STREAMS = 100;
  let tls: ConnectionOptions;
  let appliance: Appliance;

  beforeEach(async () => {
    const port = await freePort();
    const certificate = authority.issue('live.example.com');
    tls = {
      ...{ port, host: '127.0.0.1', servername: 'live.example.com' },
      ca: readFileSync(authority.rootFile),
    };
    appliance = await applianceBefore(watched.proxies, (plainPort) => site(plainPort, port, certificate));
  });

  /** The page's own block, with ports and a certificate of the test's. */
  function site(plainPort: number, port: number, { keyFile, chainFile }: Certificate): string {
    const page = readFileSync(join(__dirname, '../../docs/appliance.md'), 'utf8');
    const [, block = ''] = /```nginx\n([^]*?)```/.exec(page) ?? [];
    return block
      .replace(/^/gm, '  ')
      .replace('listen 443', `listen 127.0.0.1:${plainPort};\n listen 127.0.0.1:${port}`)
      .replace('/etc/ssl/live.example.com.pem', chainFile)
      .replace('/etc/ssl/live.example.com.key', keyFile);
  }

  it(`holds ${STREAMS} requests of one HTTP/2 connection, and turns away what cannot exist`, async () => {
    const event = await makeEvent(watched.origin.deployment, HELD);
    const agent = openTestAgent(watched, appliance.places, [event]);
    opened.push(agent);
    await agent.step();
    const session = connectHttp2('https://live.example.com', {
      createConnection: () => connectTls({ ...tls, ALPNProtocols: ['h2'] }),
    });
    opened.push({ close: () => new Promise((resolve) => session.close(resolve)) });
    const number = await nextNumber();
    const path = `${event.path}/v360/${number}.m4s`;
    watched.forget();
    const held = Promise.all(Array.from({ length: STREAMS }, () => streamed(session, path)));
    expect(await streamed(session, `${event.path}/v360/${number + 9}.m4s`)).toEqual([
      404,
      expect.any(Number),
    ]);
    await event.putMedia('a', number);
    expect(await held).toEqual(Array.from({ length: STREAMS }, () => [200, media(number).length]));
    expect(watched.requests().length).toBeLessThanOrEqual(2);
  });

  it('resumes sessions, falls back to HTTP/1.1, and speaks no version before TLS 1.2', async () => {
    const first = await handshake({ ...tls, maxVersion: 'TLSv1.2' });
    expect([first.protocol, first.alpn, first.isReused]).toEqual(['TLSv1.2', false, false]);
    expect(await handshake({ ...tls, maxVersion: 'TLSv1.2', session: first.session })).toMatchObject({
      isReused: true,
    });
    expect(await handshake({ ...tls, ALPNProtocols: ['h2', 'http/1.1'] })).toMatchObject({
      protocol: 'TLSv1.3',
      alpn: 'h2',
    });
    expect(await handshake({ ...tls, ALPNProtocols: ['http/1.1'] })).toMatchObject({ alpn: 'http/1.1' });
    // Ciphers of that time are off in OpenSSL's default level.
    const old = { ...tls, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' } as const;
    await expect(handshake(old)).rejects.toThrow(/version/);
  });
});

/** One request on a connection: status and bytes. */
function streamed(
  session: ClientHttp2Session,
  path: string,
): Promise<readonly [status: number, bytes: number]> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path });
    let [status, bytes] = [0, 0];
    stream.on('response', (headers) => (status = headers[':status'] ?? 0));
    stream.on('data', (piece: Buffer) => (bytes += piece.length));
    stream.on('end', () => resolve([status, bytes]));
    stream.on('error', reject);
  });
}

interface Handshake {
  readonly protocol: string | null;
  readonly alpn: string | false | null;
  readonly isReused: boolean;
  readonly session: Buffer | undefined;
}

function handshake(options: ConnectionOptions): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const socket = connectTls(options, () => {
      const told = { protocol: socket.getProtocol(), alpn: socket.alpnProtocol };
      resolve({ ...told, isReused: socket.isSessionReused(), session: socket.getSession() });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
