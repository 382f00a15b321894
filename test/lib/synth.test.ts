import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEPLOYMENT, type DeploymentEnvironment } from '../../lambdas/environment';
import { EDGE_CREDENTIAL_DIGESTS } from '../../lambdas/serve/environment';
import { EDGE_SYNC, EVENTS } from '../../lambdas/edge-sync/environment';
import { OPERATOR_TOKEN_DIGESTS } from '../../lambdas/control/environment';

const ROOT = resolve(__dirname, '..', '..');
const DIRECTORY = mkdtempSync(join(tmpdir(), 'headwater-synth-'));
const ASSEMBLY = join(DIRECTORY, 'cdk.out');

/** Neither credentials nor a home of somebody's; the network is not asked either. */
const ENVIRONMENT = { PATH: process.env['PATH'], HOME: DIRECTORY, CDK_DISABLE_CLI_TELEMETRY: 'true' };

let synthesis: { readonly status: number | null; readonly output: string };

beforeAll(() => {
  const parameters = ['--no-install', 'cdk', 'synth', '--quiet', '--no-notices', '--output', ASSEMBLY];
  const { status, stdout, stderr } = spawnSync('npx', parameters, {
    cwd: ROOT,
    env: ENVIRONMENT,
    encoding: 'utf8',
  });
  synthesis = { status, output: stdout + stderr };
}, 120_000);

afterAll(() => rmSync(DIRECTORY, { recursive: true, force: true }));

const bundles = () =>
  readdirSync(ASSEMBLY)
    .filter((name) => name.startsWith('asset.') && readdirSync(join(ASSEMBLY, name)).includes('index.mjs'))
    .map((name) => join(ASSEMBLY, name, 'index.mjs'));

describe('cdk synth of headwater.config.ts', () => {
  it('needs no network, credentials or Docker, and cdk-nag finds nothing that is not accounted for', () => {
    expect(synthesis).toEqual({
      status: 0,
      output: expect.not.stringMatching(/^(ERROR|WARNING)/m) as string,
    });
  });

  it('makes one bundle for each function, shared by the regions', () => {
    expect(bundles()).toHaveLength(8);
  });
});

describe('bundles', () => {
  it('stay small: every cold start reads them whole', () => {
    for (const path of bundles()) expect(statSync(path).size).toBeLessThan(600_000);
  });

  it('hold the SDK that the tests ran with: they ask the runtime for nothing', () => {
    for (const path of bundles()) {
      const imports = [...readFileSync(path, 'utf8').matchAll(/from ?"([^"]+)"/g)].map(([, name]) => name);
      expect(imports.filter((name) => name?.startsWith('@aws-sdk') === true)).toEqual([]);
    }
  });

  it('load as Lambda loads them, and export their handlers', () => {
    const deployment: DeploymentEnvironment = {
      region: 'eu-west-1',
      regions: [{ region: 'eu-west-1', candidateTable: 't', bucket: 'b' }],
      events: { table: 'e', readRegion: 'eu-west-1', homeRegion: 'eu-west-1' },
      edgeFollows: true,
    };
    const environment = {
      ...ENVIRONMENT,
      AWS_REGION: 'eu-west-1',
      [DEPLOYMENT]: JSON.stringify(deployment),
      [EDGE_CREDENTIAL_DIGESTS]: 'd',
      [EDGE_SYNC]: JSON.stringify({ keyValueStoreArn: 'arn', distributionId: 'E1' }),
      [EVENTS]: JSON.stringify(deployment.events),
      [OPERATOR_TOKEN_DIGESTS]: 'd',
    };
    const runtime = 'globalThis.awslambda = { streamifyResponse: (handler) => handler };';
    const exported = bundles().map((path) => {
      const script = `${runtime} import(${JSON.stringify(path)}).then((module) => console.log(JSON.stringify(
        Object.keys(module).filter((name) => typeof module[name] === 'function'))))`;
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
        env: environment,
        encoding: 'utf8',
      });
      return stdout === '' ? stderr : stdout.trim();
    });
    expect(exported.sort()).toEqual([
      '["buffered","streamed"]',
      '["certified","handler"]',
      '["handler"]',
      '["handler"]',
      '["handler"]',
      '["handler"]',
      '["handler"]',
      '["handler"]',
    ]);
  }, 60_000);
});
