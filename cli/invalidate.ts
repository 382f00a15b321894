import { Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import { change, changeOptions, type ChangeOptions } from './change';
import { CliError, EXIT } from './cli-error';
import { askControl, eventPath } from './control-client';
import { viewOptions, type ViewOptions } from './control-place';
import { addDefaultCommand } from './default-command';
import { helpText } from './help-text';
import { eventArgument, nameParser } from './option-parsers';
import { parseSegment, rangeText, SEGMENT_HELP, segmentNumbers, type Segment } from './segment-range';
import { show, tableLines } from './terminal';

interface AddOptions extends ChangeOptions {
  readonly all: boolean;
  readonly from?: Segment;
  readonly to?: Segment;
  readonly representation?: string;
  readonly pipeline?: string;
  readonly region?: string;
}

interface Invalidation {
  readonly id: string;
  readonly at: string;
  readonly by?: string;
  readonly reason?: string;
  readonly all?: true;
  readonly fromSegment?: number;
  readonly toSegment?: number;
  readonly representation?: string;
  readonly pipeline?: string;
  readonly region?: string;
}

const EXAMPLES = `
Caches fetch it again; nobody is answered an error for it. It cannot be taken back, and need not be.

Examples:
  $ headwater invalidate acme/final --from live-60 --to live --pipeline a
      What pipeline a served of the last 60 segments
  $ headwater invalidate acme/final --from 895000120 --to 895000150 --region us-east-1 --reason "disk of us-east-1"
  $ headwater invalidate acme/final --all
      The whole event: its cache version grows by one
`;

/** `headwater invalidate [add]|list`: what caches forget. */
export function invalidateCommand(): Command {
  const add = new Command('add')
    .description('Make caches forget; `add` itself can be left out.')
    .addArgument(eventArgument())
    .option('--all', 'the whole event', false)
    .option('--from <segment>', `the first: ${SEGMENT_HELP}`, parseSegment)
    .option('--to <segment>', 'the last', parseSegment)
    .option('--representation <name>', 'one alone', nameParser('a representation'))
    .option('--pipeline <name>', 'what one pipeline made', nameParser('a pipeline'))
    .option('--region <name>', 'what was served from one region', nameParser('a region'));
  const list = new Command('list').description('What edges are told to forget, the newest first.');
  const invalidate = new Command('invalidate').description(
    'Make caches forget segments, or the whole event.',
  );
  return addDefaultCommand(invalidate, changeOptions(add, { decides: false }).action(addInvalidation))
    .addCommand(viewOptions(list).addArgument(eventArgument()).action(listInvalidations))
    .addHelpText('afterAll', helpText(EXAMPLES));
}

async function addInvalidation(key: EventKey, options: AddOptions): Promise<void> {
  const { all, representation, pipeline, region } = options;
  const isRange = options.from !== undefined && options.to !== undefined;
  const isPart = [options.from, options.to, representation, pipeline, region].some(
    (part) => part !== undefined,
  );
  if (all ? isPart : !isRange)
    throw new CliError('wanted --from and --to, or --all and nothing beside it.', EXIT.usage);
  const { from = 0, to = 0 } = await segmentNumbers(options, key, { from: options.from, to: options.to });
  const parts = { representation, pipeline, region };
  await change(options, {
    what: all
      ? 'make caches forget the whole event'
      : `make caches forget ${invalidationText(from, to, parts)}`,
    method: 'POST',
    path: eventPath(key, '/invalidations'),
    body: all ? { all } : { fromSegment: from, toSegment: to, ...parts },
  });
}

interface Parts {
  readonly representation?: string | undefined;
  readonly pipeline?: string | undefined;
  readonly region?: string | undefined;
}

function invalidationText(from: number, to: number, parts: Parts): string {
  const { representation, pipeline, region } = parts;
  return [
    rangeText(from, to),
    ...(representation === undefined ? [] : [`of ${representation}`]),
    ...(pipeline === undefined ? [] : [`from pipeline ${pipeline}`]),
    ...(region === undefined ? [] : [`as served by ${region}`]),
  ].join(' ');
}

interface Invalidations {
  readonly version: number;
  readonly invalidations: readonly Invalidation[];
}

async function listInvalidations(key: EventKey, options: ViewOptions): Promise<void> {
  const answer = await askControl<Invalidations>(options, eventPath(key, '/invalidations'));
  show(options.json, answer, () => invalidationLines(answer));
}

function invalidationLines({ version, invalidations }: Invalidations): string[] {
  const rows = invalidations.map(
    ({ all, fromSegment = 0, toSegment = 0, by = '', at, id, reason = '', ...parts }) => [
      all === true ? 'everything' : invalidationText(fromSegment, toSegment, parts),
      ...[by, at, id, reason],
    ],
  );
  const lines =
    rows.length === 0 ? ['Nothing was invalidated.'] : tableLines(['what', 'by', 'at', 'id', 'reason'], rows);
  return [...lines, `Cache version ${version}.`];
}
