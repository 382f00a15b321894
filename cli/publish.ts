import { Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import type { Publisher, PublisherEvent, PublisherOptions } from '../publisher';
import { CliError, EXIT } from './cli-error';
import { TOKEN_FILE_FLAG, TOKEN_VARIABLE } from './control-place';
import { helpText } from './help-text';
import { listenError } from './listen-error';
import { parseAmount, parseBaseUrl, parseEventKey, parsePort } from './option-parsers';
import { eventJson, statusLines } from './publish-text';
import { secretOf } from './secret';
import { stopSignal } from './stop-signal';
import { Redrawn } from './terminal';

interface PublishOptions {
  readonly to: readonly URL[];
  readonly port: number;
  readonly host: string;
  readonly pipeline?: string;
  readonly secretFile?: string;
  readonly watch?: string;
  readonly event?: EventKey;
  readonly control?: URL;
  readonly controlTokenFile?: string;
  readonly spool?: string;
  readonly spoolSize: number;
  readonly memory: number;
  readonly budget: number;
  readonly drain: number;
  readonly json: boolean;
}

const EXAMPLES = `
The secret of the pipeline comes from the environment (HEADWATER_SECRET) or a file, never from the command line.

Examples:
  $ HEADWATER_SECRET=... headwater publish --to http://127.0.0.1:8081 --to http://127.0.0.1:8082
      Packagers PUT to http://127.0.0.1:8090/live/TENANT/EVENT/... without a credential; both regions get everything
  $ headwater publish --secret-file a.secret --to https://east.example --to https://west.example --spool /var/spool/headwater
      What a region misses is kept on the disk until it is back, over restarts too
  $ headwater publish --secret-file a.secret --to https://east.example --watch /srv/packager --event acme/final
      For packagers that write files: DIRECTORY/v720/1.m4s is /live/acme/final/v720/1.m4s
`;

export function publishCommand(): Command {
  return new Command('publish')
    .description('Stand beside a packager: inspect what it makes and PUT it to every region, with retries.')
    .requiredOption(
      '--to <url>',
      'base URL of a region; repeat for more',
      (text: string, more?: readonly URL[]) => [...(more ?? []), parseBaseUrl(text)],
    )
    .option('--port <port>', 'for the packager; /metrics is there too', parsePort, 8090)
    .option('--host <address>', 'to listen on; no credential is asked for there', '127.0.0.1')
    .option('--pipeline <name>', 'user of HTTP Basic; without it the secret is sent as Bearer')
    .option('--secret-file <file>', 'the secret of the pipeline, in place of HEADWATER_SECRET')
    .option('--watch <directory>', 'publish the files of a directory; needs --event')
    .option(
      '--event <tenant/event>',
      'of the files of --watch, and read from --control at the start',
      parseEventKey,
    )
    .option('--control <url>', "read the event's configuration there, to inspect times as well", parseBaseUrl)
    .option(`${TOKEN_FILE_FLAG} <file>`, `operator's token, in place of ${TOKEN_VARIABLE}`)
    .option('--spool <directory>', 'keep what a region misses on the disk')
    .option('--spool-size <gigabytes>', 'of each region on the disk', parseAmount, 4)
    .option('--memory <megabytes>', 'of what each region misses in memory', parseAmount, 256)
    .option('--budget <seconds>', 'from arrival to the last live attempt', parseAmount, 2)
    .option('--drain <seconds>', 'how long to go on sending when asked to end', parseAmount, 5)
    .option('--json', 'a line of JSON for everything that happens', false)
    .addHelpText('after', helpText(EXAMPLES))
    .action(publish);
}

async function publish(options: PublishOptions): Promise<void> {
  const publisherOptions = optionsOf(options);
  // Loaded here, so that --help and mistakes answer at once.
  const { startPublisher } = await import('../publisher');
  const stopped = stopSignal();
  const publisher = await startPublisher(publisherOptions).catch((error: unknown) => {
    throw explained(error, options);
  });
  const lines = options.json ? undefined : startLines(publisher);
  await stopped;
  lines?.stop();
  if (!options.json) process.stdout.write(`Stopping: sending what is left, ${options.drain} s at most.\n`);
  await publisher.stop();
  if (!options.json) process.stdout.write(`${statusLines(publisher.stats()).join('\n')}\n`);
}

function optionsOf(options: PublishOptions): PublisherOptions {
  const { to, port, host, pipeline, watch, event, control, spool } = options;
  if (new Set(to.map(({ href }) => href)).size < to.length)
    throw new CliError(`--to: wanted URLs that differ, got ${to.map(String).join(', ')}`, EXIT.usage);
  if (watch !== undefined && event === undefined)
    throw new CliError('--watch: wanted --event too, since files carry no event in their names.', EXIT.usage);
  const secret = secretOf('HEADWATER_SECRET', '--secret-file', options.secretFile);
  return {
    ...{ to, port, host, credential: { secret, ...(pipeline !== undefined && { pipeline }) } },
    budgetMs: options.budget * 1000,
    drainMs: options.drain * 1000,
    backlogBytesMax: options.memory * 1e6,
    ...(watch !== undefined && event !== undefined && { watch: { directory: watch, event } }),
    ...(spool !== undefined && { spool: { directory: spool, bytesMax: options.spoolSize * 1e9 } }),
    ...(control !== undefined && {
      control: {
        url: control,
        ...(event !== undefined && { event }),
        token: secretOf(TOKEN_VARIABLE, TOKEN_FILE_FLAG, options.controlTokenFile),
      },
    }),
    ...(options.json && { onEvent: writeJson }),
  };
}

/** Bytes that wait for a slow reader; lines beyond are left out. */
const JSON_BYTES_MAX = 4 * 2 ** 20;

function writeJson(happened: PublisherEvent): void {
  if (process.stdout.writableLength < JSON_BYTES_MAX) process.stdout.write(eventJson(happened));
}

const REDRAW_MS = 500;
const LOG_MS = 10_000;

/** In a terminal the lines stay in place; in a log they come every ten seconds. */
function startLines(publisher: Publisher): { stop(): void } {
  const { stdout } = process;
  stdout.write(`Packagers PUT to ${publisher.url}/live/TENANT/EVENT/...\n`);
  const redrawn = new Redrawn();
  const draw = () => {
    const width = stdout.columns || 200;
    redrawn.draw(
      statusLines(publisher.stats()).map((line) => (stdout.isTTY ? line.slice(0, width - 1) : line)),
    );
  };
  const timer = setInterval(draw, stdout.isTTY ? REDRAW_MS : LOG_MS);
  return { stop: () => clearInterval(timer) };
}

function explained(error: unknown, { spool }: PublishOptions): unknown {
  const told = listenError(error, () => '--port');
  if (told !== undefined || !(error instanceof Error)) return told ?? error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!['EACCES', 'EROFS', 'ENOTDIR', 'ENOSPC'].includes(code)) return error;
  return new CliError(`${error.message}. The spool is ${spool ?? 'not used'}.`);
}
