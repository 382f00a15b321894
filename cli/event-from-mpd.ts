import { Command, InvalidArgumentError } from 'commander';
import { eventFromMpd } from '../origin/adoption/event-from-mpd';
import type { EventKey } from '../origin/candidate';
import { NAME_PATTERN } from '../origin/events/configuration';
import { CliError } from './cli-error';
import { callControl, TOKEN_FILE_OPTION } from './control-client';
import { parseAmount, parseBaseUrl, parseEventKey } from './option-parsers';
import { readPackaged } from './packaged-media';

interface FromMpdOptions {
  readonly pipelines: readonly string[];
  readonly segmentDuration?: number;
  readonly create?: URL;
  readonly event?: EventKey;
  readonly controlTokenFile?: string;
}

const EXAMPLES = `
Examples:
  $ headwater event from-mpd http://packager.example/out/manifest.mpd > event.json
      Reads the MPD, its inits and a segment of each track; prints what an operator PUTs
  $ headwater event from-mpd out/manifest.mpd --create http://127.0.0.1:8081 --event acme/final
      Creates the event; the token comes from HEADWATER_CONTROL_TOKEN or --control-token-file
`;

export function fromMpdCommand(): Command {
  return new Command('from-mpd')
    .description("Make a Live Event Configuration from a packager's own MPD and init segments.")
    .argument('<source>', 'URL or file of the MPD')
    .option('--pipelines <names>', 'in order of preference, separated by commas', parsePipelines, ['a', 'b'])
    .option('--segment-duration <seconds>', 'where the MPD gives no constant one', parseAmount)
    .option('--create <url>', 'PUT it to the control plane of this region; needs --event', parseBaseUrl)
    .option('--event <tenant/event>', 'the event to create', parseEventKey)
    .option(...TOKEN_FILE_OPTION)
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .action(fromMpd);
}

async function fromMpd(source: string, options: FromMpdOptions): Promise<void> {
  const { create, event, pipelines, segmentDuration } = options;
  if ((create === undefined) !== (event === undefined))
    throw new CliError('--create and --event: wanted both or none.');
  const { packaged, notes } = await readPackaged(source, Date.now());
  const adopted = eventFromMpd({
    ...{ ...packaged, pipelines },
    ...(segmentDuration !== undefined && { segmentDurationMs: Math.round(segmentDuration * 1000) }),
  });
  if (adopted.kind === 'refused') {
    const faults = adopted.faults.map(
      ({ parameter, wanted, got }) => `  ${parameter}: wanted ${wanted}, got ${got}`,
    );
    throw new CliError(`${source} makes no event:\n${faults.join('\n')}`);
  }
  for (const note of [...notes, ...adopted.notes]) process.stderr.write(`note: ${note}\n`);
  const json = `${JSON.stringify(adopted.configuration, null, 2)}\n`;
  if (create === undefined || event === undefined) process.stdout.write(json);
  else await put(create, event, json, options);
}

async function put(
  control: URL,
  { tenant, event }: EventKey,
  json: string,
  { controlTokenFile }: FromMpdOptions,
): Promise<void> {
  const reached = { control, ...(controlTokenFile !== undefined && { controlTokenFile }) };
  const { status } = await callControl(reached, 'PUT', `tenants/${tenant}/events/${event}`, json);
  process.stdout.write(`${status === 201 ? 'Created' : 'Replaced'} ${tenant}/${event}.\n`);
}

function parsePipelines(text: string): readonly string[] {
  const names = text.split(',');
  if (!names.every((name) => NAME_PATTERN.test(name)))
    throw new InvalidArgumentError('Wanted names separated by commas, for example a,b.');
  return names;
}
