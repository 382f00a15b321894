import { Command } from 'commander';
import { EDGE_CREDENTIAL_OPTION, edgeCredential } from './edge-credential';
import { controlOptions, controlPlace, type ControlOptions } from './control-place';
import { EMBEDDED } from './embedded-defaults';
import { helpText } from './help-text';
import { listenError } from './listen-error';
import { terminalLog } from './log-line';
import { parseAmount, parseBaseUrl, parsePort } from './option-parsers';
import { stopSignal } from './stop-signal';

interface EdgeOptions extends ControlOptions {
  readonly origin: readonly URL[];
  readonly port: number;
  readonly host: string;
  readonly memory: number;
  readonly credentialFile?: string;
}

const EXAMPLES = `
Schedules, versions and invalidations come from the control plane, which every origin of the embedded run is too. Changes act
a second later than at the origins; while no origin can be asked it goes on with what it has.

Examples:
  $ headwater edge --origin http://127.0.0.1:8081 --origin http://127.0.0.1:8082 --port 9080
      Before the regions of the embedded run: viewers go to port 9080, packagers to the regions as before
  $ headwater edge --origin https://serve.example --control https://control.example --credential-file edge-credential
      Before a deployment on AWS
`;

/** `headwater edge`: the Node edge as a process of its own. */
export function edgeCommand(): Command {
  const command = new Command('edge')
    .description('Serve viewers from a process of its own, in front of regions.')
    .requiredOption(
      '--origin <url>',
      'base URL of what serves media, the nearest first; repeat for more',
      (text: string, more?: readonly URL[]) => [...(more ?? []), parseBaseUrl(text)],
    )
    .option('--port <port>', 'to listen on', parsePort, EMBEDDED.edgePort)
    .option('--host <address>', 'to listen on; beyond loopback, put TLS in front', EMBEDDED.host)
    .option('--memory <megabytes>', 'of the cache', parseAmount, 256)
    .option(...EDGE_CREDENTIAL_OPTION);
  return controlOptions(command).addHelpText('after', helpText(EXAMPLES)).action(edge);
}

async function edge(options: EdgeOptions): Promise<void> {
  const { origin: origins, port, host, memory } = options;
  const [nearest] = origins;
  const { token } = controlPlace({ ...options, ...(nearest && { control: options.control ?? nearest }) });
  const credential = edgeCredential(options.credentialFile);
  // Loaded here, so that --help and mistakes answer at once.
  const { startStandaloneEdge } = await import('../embedded/standalone-edge');
  const stopped = stopSignal();
  const running = await startStandaloneEdge({
    ...{ host, port, origins, token },
    controls: options.control === undefined ? origins : [options.control],
    cacheBytes: Math.floor(memory * 1e6),
    ...terminalLog(),
    ...(credential !== undefined && { headers: { [credential.header]: credential.value } }),
  }).catch((error: unknown) => {
    throw listenError(error, () => '--port') ?? error;
  });
  process.stdout.write(
    `Serving ${running.url}/live/... from ${origins.map(({ host: name }) => name).join(', ')}\n`,
  );
  await stopped;
  process.stdout.write('Stopping: what is under way is finished first.\n');
  await running.stop();
}
