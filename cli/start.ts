import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { NAME_PATTERN } from '../origin/events/name-pattern';
import type { Headwater } from '../embedded';
import { CliError, EXIT } from './cli-error';
import { EMBEDDED } from './embedded-defaults';
import { helpText } from './help-text';
import { listenError } from './listen-error';
import { terminalLog } from './log-line';
import { parsePort } from './option-parsers';
import { startText } from './start-text';
import { stopSignal } from './stop-signal';

interface StartOptions {
  readonly data: string;
  readonly port: number;
  readonly region: readonly RegionOption[];
  readonly host: string;
  readonly demo: boolean;
  readonly lab: boolean;
  readonly controlToken?: string;
  readonly durability: 'process' | 'disk';
  readonly maxDisk: number;
}

interface RegionOption {
  readonly name: string;
  readonly port: number;
}

const EXAMPLES = `
Examples:
  $ headwater start --demo
      The demo: two pipelines publish a loop to two regions; open http://127.0.0.1:8080/
  $ headwater start --data /var/lib/headwater --durability disk
      An origin of its own on this machine; events are made in the control plane (docs/openapi.yaml)
  $ headwater start --port 9080 --region eu-west-1:9081 --region eu-central-1:9082
      Other ports and regions
`;

export function startCommand(): Command {
  return new Command('start')
    .description(
      'Run an origin on this machine: regions, each with its stores and port, and an edge before them.',
    )
    .option('--data <directory>', 'where everything is kept', EMBEDDED.data)
    .option('--port <port>', 'of the edge: GET, the console, the player', parsePort, EMBEDDED.edgePort)
    .option('--region <name:port>', 'a region and its port; repeat for more', parseRegion, [])
    .option('--host <address>', 'to listen on; beyond loopback, put TLS in front', EMBEDDED.host)
    .option('--lab', 'let operators break things on purpose (always with --demo)', false)
    .option('--demo', 'make the demo events and publish to one of them', false)
    .option(
      '--control-token <token>',
      'Bearer token of the control plane (default: made, kept in the data directory)',
    )
    .addOption(
      new Option(
        '--durability <what>',
        'what an acknowledged PUT survives: a kill of the process, or of the machine',
      )
        .choices(['process', 'disk'])
        .default('process'),
    )
    .option(
      '--max-disk <gigabytes>',
      'for all regions together; beyond it the oldest segments go',
      parseGigabytes,
      20,
    )
    .addHelpText('after', helpText(EXAMPLES))
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const regions = options.region.length > 0 ? options.region : EMBEDDED.regions;
  refuseDoubles(regions, options.port);
  // Loaded here, so that --help and mistakes answer at once.
  const { startHeadwater } = await import('../embedded');
  const stopped = stopSignal();
  const headwater = await startHeadwater({
    dataDirectory: options.data,
    edgePort: options.port,
    ...{
      regions,
      host: options.host,
      demo: options.demo,
      lab: options.lab || options.demo,
      durability: options.durability,
    },
    maxBytes: Math.floor((options.maxDisk * 1e9) / regions.length),
    ...terminalLog(),
    ...(options.controlToken !== undefined && { controlToken: options.controlToken }),
  }).catch((error: unknown) => {
    throw explained(error, options);
  });
  process.stdout.write(textOf(headwater, options));
  await stopped;
  process.stdout.write('Stopping: what is under way is finished first.\n');
  await headwater.stop();
}

function textOf(headwater: Headwater, options: StartOptions): string {
  return startText({
    edgeUrl: headwater.edgeUrl,
    regions: headwater.regions,
    consoleToken: options.demo ? headwater.controlToken : undefined,
    controlTokenPath: options.controlToken === undefined ? join(options.data, EMBEDDED.tokenFile) : undefined,
    publishingPoints: headwater.demo?.publishingPoints,
  });
}

/** What people meet when they start a server, with the way out. */
function explained(error: unknown, { data, port }: StartOptions): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'DirectoryRefused')
    return new CliError(`${error.message}\n  Use --data for another one.`);
  const told = listenError(error, (taken) => (taken === port ? '--port' : '--region NAME:PORT'));
  if (told !== undefined) return told;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EROFS')
    return new CliError(`no permission (${error.message}). Data is kept in ${data}.`);
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new CliError(`${data} cannot be a directory (${error.message}). Choose another with --data.`);
  if (code === 'ENOSPC') return new CliError(`the disk of ${data} is full.`);
  return error;
}

function refuseDoubles(regions: readonly RegionOption[], edgePort: number): void {
  const names = regions.map(({ name }) => name);
  const ports = [edgePort, ...regions.map(({ port }) => port)].filter((port) => port !== 0);
  if (new Set(names).size < names.length)
    throw new CliError(`--region: wanted names that differ, got ${names.join(', ')}`, EXIT.usage);
  if (new Set(ports).size < ports.length)
    throw new CliError(`--port and --region: wanted ports that differ, got ${ports.join(', ')}`, EXIT.usage);
}

function parseRegion(text: string, previous: readonly RegionOption[]): readonly RegionOption[] {
  const [name = '', port = ''] = text.split(':');
  if (!NAME_PATTERN.test(name) || port === '')
    throw new InvalidArgumentError('Wanted NAME:PORT, for example eu-west-1:8081.');
  return [...previous, { name, port: parsePort(port) }];
}

function parseGigabytes(text: string): number {
  const gigabytes = Number(text);
  if (!(gigabytes >= 0.1 && gigabytes <= 1e6))
    throw new InvalidArgumentError('Wanted gigabytes, 0.1 or more.');
  return gigabytes;
}
