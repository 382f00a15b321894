import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { join, resolve } from 'node:path';
import { DeleteBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import deployment from '../../headwater.config';
import { EMULATED_CONTEXT } from '../../lib/headwater-app';
import { EDGE_CREDENTIAL_HEADER } from '../../lambdas/serve/environment';
import type { Deployed } from './deployed';
import { type Front, openFront } from './front';
import type { MiniStack } from './ministack';

const ROOT = resolve(__dirname, '..', '..');
const ACCOUNT = '000000000000';

/** Environment of everything that is to believe the emulator is AWS. */
export function emulatedEnvironment({ endpoint }: MiniStack, workDirectory: string): NodeJS.ProcessEnv {
  const home = join(workDirectory, 'home');
  mkdirSync(home, { recursive: true });
  return {
    ...process.env,
    // The CDK keeps the account of each access key there.
    HOME: home,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: deployment.regions[0],
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

/** `cdk bootstrap` and `cdk deploy` of headwater.config.ts, as an operator would. */
export async function deploy(
  ministack: MiniStack,
  workDirectory: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly deployed: Deployed; readonly close: () => Promise<void> }> {
  const outputs = join(workDirectory, 'outputs.json');
  const common = ['--output', join(workDirectory, 'cdk.out'), '-c', `${EMULATED_CONTEXT}=true`];
  const places = deployment.regions.map((region) => `aws://${ACCOUNT}/${region}`);
  await cdk(['bootstrap', ...common, ...places], environment);
  await cdk(
    ['deploy', '--all', '--require-approval', 'never', '--outputs-file', outputs, ...common],
    environment,
  );
  await Promise.all(deployment.regions.map((region) => allowPlainHttp(region, ministack)));
  const stacks = JSON.parse(readFileSync(outputs, 'utf8')) as Record<string, Record<string, string>>;
  const fronts: Front[] = [];
  const open = async (region: string, output: string, headers?: Record<string, string>): Promise<string> => {
    const { hostname } = new URL(outputOf(stacks, region, output));
    // `{api}.execute-api.{region}.amazonaws.com`: the emulator knows the API by its own host name.
    const host = `${hostname.split('.')[0] ?? ''}.execute-api.localhost:${ministack.port}`;
    const front = await openFront({ host, port: ministack.port, ...(headers && { headers }) });
    fronts.push(front);
    return front.url;
  };
  const secretOf = (region: string, output: string) =>
    secret(region, outputOf(stacks, region, output), ministack);
  const [home] = deployment.regions;
  const regions = await Promise.all(
    deployment.regions.map(async (region) => ({
      region,
      publishUrl: await open(region, 'PublishUrl'),
      serveUrl: await open(region, 'ServeUrl', {
        [EDGE_CREDENTIAL_HEADER]: await secretOf(region, 'EdgeCredentialName'),
      }),
      bareServeUrl: await open(region, 'ServeUrl'),
    })),
  );
  return {
    deployed: {
      regions,
      controlUrl: await open(home, 'ControlUrl'),
      operatorToken: await secretOf(home, 'OperatorTokenName'),
    },
    close: async () => {
      await Promise.all(fronts.map((front) => front.close()));
    },
  };
}

export function bucketOf(region: string): string {
  return `${deployment.name}-${ACCOUNT}-${region}`;
}

/** Of the account's root, for clients of this process: only its children have the environment. */
function rootOf({ endpoint }: MiniStack) {
  return { endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}

/** Buckets refuse what does not come by TLS, which the emulator does not speak. */
async function allowPlainHttp(region: string, ministack: MiniStack): Promise<void> {
  const client = new S3Client({ region, forcePathStyle: true, ...rootOf(ministack) });
  await client.send(new DeleteBucketPolicyCommand({ Bucket: bucketOf(region) }));
  client.destroy();
}

function outputOf(
  stacks: Readonly<Record<string, Record<string, string>>>,
  region: string,
  name: string,
): string {
  const value = stacks[`${deployment.name}-${region}`]?.[name];
  if (value === undefined) throw new Error(`output ${name} of ${region}: wanted a value, got none`);
  return value;
}

/** @throws Error with all that it said, when it fails. */
export async function cdk(parameters: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn('npx', ['--no-install', 'cdk', ...parameters], {
    ...{ cwd: ROOT, env: environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  if (status !== 0)
    throw new Error(
      `cdk ${parameters[0] ?? ''}: wanted exit status 0, got ${status ?? 'none'}\n${said}${complained}`,
    );
}

async function secret(region: string, name: string, ministack: MiniStack): Promise<string> {
  const client = new SecretsManagerClient({ region, ...rootOf(ministack) });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
  if (SecretString === undefined) throw new Error(`secret ${name}: wanted a string, got none`);
  return SecretString;
}
