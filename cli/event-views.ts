import { Argument, Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import type { LiveEventConfiguration } from '../origin/events/configuration';
import { askControl, callControl, eventPath } from './control-client';
import { viewOptions, type ViewOptions } from './control-place';
import { eventArgument, nameParser, wholeParser } from './option-parsers';
import { harmless, painter, printJson, show, tableLines } from './terminal';

interface Event {
  readonly tenant: string;
  readonly event: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
  readonly expiresAt?: string;
  readonly configuration: Told;
}

/** An event that adopts has no tracks before its first MPD. */
type Told = Omit<LiveEventConfiguration, Adopted> & Partial<Pick<LiveEventConfiguration, Adopted>>;
type Adopted = 'segmentTemplate' | 'representations';

interface Changed {
  readonly at: string;
  readonly id: string;
  readonly by: string;
  readonly action: string;
  readonly reason?: string;
  readonly members?: readonly { readonly member: string; readonly from?: string; readonly to?: string }[];
  readonly detail?: object;
}

/** `headwater event list TENANT`. */
export function listCommand(): Command {
  return viewOptions(new Command('list').description("A tenant's events."))
    .addArgument(new Argument('<tenant>', 'whose').argParser(nameParser('a tenant')))
    .action(async (tenant: string, options: ViewOptions) => {
      const answer = await askControl<{ readonly events: readonly Event[] }>(
        options,
        `tenants/${tenant}/events`,
      );
      show(options.json, answer, () => listLines(tenant, answer.events));
    });
}

function listLines(tenant: string, events: readonly Event[]): string[] {
  if (events.length === 0) return [`Tenant ${tenant} has no events.`];
  const rows = events.map(({ event, endedAt, updatedAt, configuration }) => [
    `${tenant}/${event}`,
    endedAt === undefined ? 'live' : `ended ${endedAt}`,
    configuration.pipelines.join(','),
    `${configuration.representations?.length ?? 'none yet'}`,
    updatedAt,
  ]);
  return tableLines(['event', 'state', 'pipelines', 'representations', 'updated'], rows);
}

interface GetOptions extends ViewOptions {
  readonly configuration: boolean;
}

/** `headwater event get TENANT/EVENT`. */
export function getCommand(): Command {
  return viewOptions(new Command('get').description('What an event is.'))
    .addArgument(eventArgument())
    .option('--configuration', 'the Live Event Configuration alone, as `put` takes it', false)
    .action(get);
}

async function get(key: EventKey, options: GetOptions): Promise<void> {
  const { text, etag = '' } = await callControl(options, 'GET', eventPath(key));
  const event = JSON.parse(text) as Event;
  if (options.configuration) {
    process.stderr.write(`Put it back with --if-match '${etag}', so that nobody's change is lost.\n`);
    printJson(event.configuration);
  } else show(options.json, event, () => [...eventLines(event), `etag        ${etag}`]);
}

function eventLines({ configuration, ...event }: Event): string[] {
  const { publish, pipelines, representations = [] } = configuration;
  const facts = {
    event: `${event.tenant}/${event.event}, ${event.endedAt === undefined ? 'live' : `ended ${event.endedAt}`}`,
    segments: segmentsText(configuration),
    window: `${configuration.timeShiftBufferDepthSeconds} s`,
    publish: `due ${publish.delayMs} ms after the media's end, retried for ${publish.retryDeadlineMs} ms, held ${publish.holdMs} ms`,
    pipelines: pipelines.join(', '),
    regions: configuration.regions?.join(', ') ?? "the deployment's",
    created: event.createdAt,
    updated: event.updatedAt,
    ...(event.expiresAt !== undefined && { expires: event.expiresAt }),
    version: `${event.version}`,
  };
  const rows = representations.map(({ id, contentType, bandwidth, codecs = '', lang = '' }) => [
    id,
    contentType,
    bandwidth === undefined ? '' : `${(bandwidth / 1000).toFixed(0)} kbit/s`,
    codecs,
    lang,
  ]);
  return [
    ...(rows.length === 0
      ? ['No tracks yet: they come with the first MPD that a pipeline sends.']
      : tableLines(['representation', 'type', 'bandwidth', 'codecs', 'language'], rows)),
    '',
    ...Object.entries(facts).map(([name, fact]) => `${name.padEnd(10)}  ${harmless(fact)}`),
  ];
}

function segmentsText({ segmentTemplate, initialSegmentNumber = 0, finalSegmentNumber }: Told): string {
  if (segmentTemplate === undefined) return 'as the first MPD says';
  const { duration, timescale } = segmentTemplate;
  const end = finalSegmentNumber === null ? 'on' : `to ${finalSegmentNumber}`;
  return `${duration / timescale} s, from ${initialSegmentNumber} ${end}`;
}

interface HistoryOptions extends ViewOptions {
  readonly limit: number;
  readonly before?: string;
}

/** `headwater event history TENANT/EVENT`. */
export function historyCommand(): Command {
  return viewOptions(new Command('history').description('Who changed what, when and why; the newest first.'))
    .addArgument(eventArgument())
    .option('--limit <count>', 'changes', wholeParser(1, 200), 20)
    .option('--before <id>', 'go on where the last page ended')
    .action(history);
}

interface History {
  readonly changes: readonly Changed[];
  readonly next: string | null;
}

async function history(key: EventKey, options: HistoryOptions): Promise<void> {
  const { limit, before, json } = options;
  const page = { limit: limit.toString(), before };
  const answer = await askControl<History>(options, eventPath(key, '/history'), page);
  show(json, answer, () => historyLines(answer));
}

function historyLines({ changes, next }: History): string[] {
  const rows = changes.map(({ reason = '', ...changed }) => [
    ...[changed.at, changed.by, changed.action],
    `${reason === '' ? '' : `"${reason}" `}${whatText(changed)}`,
  ]);
  const more = next === null ? [] : [painter()('dim', `More: --before '${harmless(next)}'`)];
  return [...tableLines(['at', 'by', 'action', 'why and what'], rows), ...more];
}

/** Of what is long the beginning is enough for a line; --json has all. */
const WHAT_LENGTH_MAX = 120;
/** What only programs read. */
const UNTOLD = new Set(['id', 'digest', 'identity', 'credential', 'change']);

function whatText({
  action,
  members = [],
  detail = {},
}: Pick<Changed, 'action' | 'members' | 'detail'>): string {
  // Of what is new every member changed.
  if (action === 'created') return '';
  const changed = members.map(
    ({ member, from = 'nothing', to = 'nothing' }) => `${member}: ${from} -> ${to}`,
  );
  const told = Object.entries(detail)
    .filter(([name]) => !UNTOLD.has(name) && !name.endsWith('Ms'))
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  const text = changed.length > 0 ? changed.join('; ') : told.join(', ');
  return text.length > WHAT_LENGTH_MAX ? `${text.slice(0, WHAT_LENGTH_MAX)}…` : text;
}
