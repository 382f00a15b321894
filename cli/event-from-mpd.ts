import { Command, Option } from 'commander';
import type { EventKey } from '../origin/candidate';
import { CliError, EXIT } from './cli-error';
import { callControl, eventPath } from './control-client';
import { controlOptions, type ControlOptions } from './control-place';
import { helpText } from './help-text';
import { parseAmount, parseBaseUrl, parseEventKey, parseNames } from './option-parsers';

interface FromMpdOptions extends ControlOptions {
  readonly pipelines: readonly string[];
  readonly segmentDuration?: number;
  /** A URL in the place of --control. */
  readonly create?: URL | true;
  readonly event?: EventKey;
}

const EXAMPLES = `
Examples:
  $ headwater event from-mpd http://packager.example/out/manifest.mpd > event.json
      Reads the MPD, its inits and a segment of each track; prints what an operator PUTs
  $ headwater event from-mpd out/manifest.mpd --create http://127.0.0.1:8081 --event acme/final
      Creates the event there; without the URL, where --control or HEADWATER_CONTROL says
`;

export function fromMpdCommand(): Command {
  return controlOptions(new Command('from-mpd'))
    .description("Make a Live Event Configuration from a packager's own MPD and init segments.")
    .argument('<source>', 'URL or file of the MPD')
    .addOption(
      new Option('--pipelines <names>', 'in order of preference, separated by commas')
        .argParser(parseNames)
        .default(['a', 'b'], 'a,b'),
    )
    .option('--segment-duration <seconds>', 'where the MPD gives no constant one', parseAmount)
    .option('--create [url]', 'PUT it to --control, or to the one given here; needs --event', parseBaseUrl)
    .option('--event <tenant/event>', 'the event to create', parseEventKey)
    .addHelpText('after', helpText(EXAMPLES))
    .action(fromMpd);
}

async function fromMpd(source: string, options: FromMpdOptions): Promise<void> {
  const { create, event, pipelines, segmentDuration } = options;
  if ((create === undefined) !== (event === undefined))
    throw new CliError('--create and --event: wanted both or none.', EXIT.usage);
  // Loaded here, so that --help and mistakes answer at once.
  const { eventFromMpd } = await import('../origin/adoption/event-from-mpd');
  const { readPackaged } = await import('./packaged-media');
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
  else await put(event, json, create === true ? options : { ...options, control: create });
}

async function put(key: EventKey, json: string, options: ControlOptions): Promise<void> {
  const { status } = await callControl(options, 'PUT', eventPath(key), { json });
  process.stdout.write(`${status === 201 ? 'Created' : 'Replaced'} ${key.tenant}/${key.event}.\n`);
}
