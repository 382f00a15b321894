import { Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import { cancelSource } from '../origin/ports/cancel';
import { systemClock } from '../stores/system-clock';
import { askControl, eventPath } from './control-client';
import { viewOptions, type ViewOptions } from './control-place';
import { CliError } from './cli-error';
import { helpText } from './help-text';
import { eventArgument, nameParser, wholeParser } from './option-parsers';
import { parseSegment, SEGMENT_HELP, segmentNumbers, type Segment } from './segment-range';
import { outputClosed, stopSignal } from './stop-signal';
import { harmless, painter, print, Redrawn, show, type Paint } from './terminal';
import { cellsThatFit, LEGEND, timelineLines, type Grid } from './timeline-lines';

/** Numbers in one answer of the control plane. */
const CELLS_MAX = 128;
const FOLLOW_MS = 1000;
/** Of a log, which has no width of its own. */
const COLUMNS = 100;

interface TimelineOptions extends ViewOptions {
  readonly to?: Segment;
  readonly last?: number;
  readonly representation: readonly string[];
  readonly follow: boolean;
}

const EXAMPLES = `
${LEGEND.join('\n')}

Examples:
  $ headwater timeline acme/final --follow
      Drawn anew each second; Ctrl-C ends it
  $ headwater timeline acme/final --to 895000120 --last 40 --representation v720
  $ headwater timeline acme/final --follow --json | jq .liveEdge
      A line of JSON a second
`;

/** `headwater timeline TENANT/EVENT`: who sent what, and which copy viewers get. */
export function timelineCommand(): Command {
  return viewOptions(
    new Command('timeline').description('Who sent what and which copy viewers get, a letter a segment.'),
  )
    .addArgument(eventArgument())
    .option('--to <segment>', `the newest: ${SEGMENT_HELP} (default: the next one)`, parseSegment)
    .option('--last <count>', 'segments (default: as many as fit)', wholeParser(1, CELLS_MAX))
    .option('--representation <name>', 'one alone; repeat for more', parseRepresentation, [])
    .option('--follow', 'go on until Ctrl-C', false)
    .addHelpText('after', helpText(EXAMPLES))
    .action(timeline);
}

const parseOne = nameParser('a representation');

function parseRepresentation(text: string, previous: readonly string[]): readonly string[] {
  return [...previous, parseOne(text)];
}

async function timeline(key: EventKey, options: TimelineOptions): Promise<void> {
  if (options.follow) return follow(key, options);
  const grid = await gridOf(key, options);
  show(options.json, grid, () => [...linesOf(key, grid, options, painter()), '', ...LEGEND]);
}

/** Until somebody ends it. An answer that fails is told and does not end it: an origin may be about to come back. */
async function follow(key: EventKey, options: TimelineOptions): Promise<void> {
  const paint = painter();
  const redrawn = new Redrawn();
  const ended = cancelSource();
  void Promise.race([stopSignal(), outputClosed()]).then(() => {
    ended.cancel();
  });
  const isEnded = () => ended.cancelled;
  // The first answer decides whether there is anything to follow.
  let grid: Grid | CliError = await gridOf(key, options);
  while (!isEnded()) {
    if (grid instanceof CliError) redrawn.draw([paint('red', harmless(grid.message))]);
    else if (options.json) print(JSON.stringify(grid));
    else redrawn.draw([...linesOf(key, grid, options, paint), '', ...LEGEND]);
    await systemClock.sleepUntil(systemClock.nowMs() + FOLLOW_MS, ended);
    if (!isEnded()) grid = await gridOf(key, options).catch(expectedError);
  }
}

function expectedError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  throw error;
}

/** Asks for what will be drawn, and no more. */
async function gridOf(key: EventKey, options: TimelineOptions): Promise<Grid> {
  const { to, last = Math.min(CELLS_MAX, cellsThatFit(columns())) } = options;
  // Without an end the control plane takes its own next segment; the first number asked for depends on it.
  const end = to ?? { fromLive: 1 };
  const { newest = 0 } = await segmentNumbers(options, key, { newest: end });
  return askControl<Grid>(options, eventPath(key, '/grid'), {
    from: `${Math.max(0, newest - last + 1)}`,
    to: `${newest}`,
  });
}

function linesOf(key: EventKey, grid: Grid, { representation }: TimelineOptions, paint: Paint): string[] {
  const known = grid.representations.map((row) => row.representation);
  const unknown = representation.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new CliError(`--representation: wanted one of ${known.join(', ')}, got ${unknown}`);
  const isShown = (name: string) => representation.length === 0 || representation.includes(name);
  const shown = grid.representations.filter((row) => isShown(row.representation));
  return timelineLines(`${key.tenant}/${key.event}`, { ...grid, representations: shown }, paint);
}

function columns(): number {
  return process.stdout.isTTY ? process.stdout.columns : COLUMNS;
}
