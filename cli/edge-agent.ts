import { Command, InvalidArgumentError } from 'commander';
import { DEBIAN } from '../edge/appliance/places';
import type { AgentHealth } from '../edge/agent/edge-agent';
import type { EventKey } from '../origin/candidate';
import { NAME_PATTERN } from '../origin/events/name-pattern';
import { CliError, EXIT } from './cli-error';
import { TOKEN_FILE_FLAG, TOKEN_VARIABLE } from './control-place';
import { helpText } from './help-text';
import { parseAmount, parseBaseUrl, parseEventKey } from './option-parsers';
import { secretOf } from './secret';
import { stopSignal } from './stop-signal';

interface AgentCommandOptions {
  readonly control: readonly URL[];
  readonly event: readonly EventKey[];
  readonly tenant: readonly string[];
  readonly controlTokenFile?: string;
  readonly state: string;
  readonly run: string;
  readonly interval: number;
}

const EXAMPLES = `
The token (one that may read is enough) comes from the environment (HEADWATER_CONTROL_TOKEN) or a file, never from the
command line. While origins are down the appliance goes on with what it knows.

Examples:
  $ headwater edge-agent --control-token-file token --tenant acme --control https://control.example
      Follows every event of a tenant
  $ headwater edge-agent --control-token-file token --event acme/final --control https://east.example --control https://west.example
      Follows one event; the second control plane is asked when the first fails
`;

export function edgeAgentCommand(): Command {
  return new Command('edge-agent')
    .description(
      'Keep an appliance up to date: schedules, versions, invalidations and notices, without a reload.',
    )
    .requiredOption(
      '--control <url>',
      'base URL of a control plane; repeat for more',
      (text: string, more?: readonly URL[]) => [...(more ?? []), parseBaseUrl(text)],
    )
    .option(
      '--event <tenant/event>',
      'follow it; repeat for more',
      (text: string, more: readonly EventKey[]) => [...more, parseEventKey(text)],
      [],
    )
    .option('--tenant <name>', 'follow all its events; repeat for more', parseTenant, [])
    .option(`${TOKEN_FILE_FLAG} <file>`, `operator's token, in place of ${TOKEN_VARIABLE}`)
    .option('--state <directory>', 'of what nginx reads, health.json and metrics', DEBIAN.state)
    .option('--run <directory>', "of Varnish's sockets", DEBIAN.run)
    .option('--interval <seconds>', 'between two looks', parseAmount, 1)
    .addHelpText('after', helpText(EXAMPLES))
    .action(followEvents);
}

async function followEvents(options: AgentCommandOptions): Promise<void> {
  const { control: origins, event: events, tenant: tenants, state, run, interval } = options;
  if (events.length + tenants.length === 0)
    throw new CliError('wanted --event or --tenant: the agent follows what it is told to.', EXIT.usage);
  const token = secretOf(TOKEN_VARIABLE, TOKEN_FILE_FLAG, options.controlTokenFile);
  // Loaded here, so that --help and mistakes answer at once.
  const { openAgent } = await import('../edge/agent/run-agent');
  const { Repeating } = await import('../embedded/repeating');
  const { systemClock } = await import('../stores/system-clock');
  const stopped = stopSignal();
  const agent = open(() =>
    openAgent({ origins, token, events, tenants, places: { state, run }, clock: systemClock }),
  );
  const say = changes();
  const repeating = new Repeating(systemClock, interval * 1000, async () => {
    say(await agent.step());
    return undefined;
  });
  await stopped;
  await repeating.stop();
  await agent.close();
}

function open<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw new CliError(`${(error as Error).message}. --state names a directory that this user may write.`);
  }
}

/** A line when something changes, for a journal; numbers are in the files. */
function changes(): (health: AgentHealth) => void {
  let shown = '';
  let failures = 0;
  return ({ events, failures: failed, lastFailure }) => {
    const isFailing = failed > failures;
    failures = failed;
    const line = isFailing ? `${events} events; failing: ${lastFailure ?? ''}` : `${events} events`;
    if (line !== shown) process.stdout.write(`${line}\n`);
    shown = line;
  };
}

function parseTenant(text: string, more: readonly string[]): readonly string[] {
  if (!NAME_PATTERN.test(text)) throw new InvalidArgumentError('Wanted the name of a tenant.');
  return [...more, text];
}
