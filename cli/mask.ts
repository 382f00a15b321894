import { Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import { change, changeOptions, type ChangeOptions } from './change';
import { askControl, eventPath } from './control-client';
import { viewOptions, type ViewOptions } from './control-place';
import { helpText } from './help-text';
import { eventArgument, nameParser, pipelineArgument } from './option-parsers';
import { fromOption, parseSegment, rangeText, segmentNumbers, type Segment } from './segment-range';
import { takeBackCommand } from './take-back';
import { show, tableLines } from './terminal';

interface AddOptions extends ChangeOptions {
  readonly from: Segment;
  readonly to?: Segment;
  readonly representation?: string;
}

interface Mask {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly reason?: string;
  readonly pipeline: string;
  readonly representation?: string;
  readonly fromSegment: number;
  readonly toSegment?: number;
}

const EXAMPLES = `
Examples:
  $ headwater mask add acme/final a --preview
      What viewers get when pipeline a is out from the live edge on; nothing is changed
  $ headwater mask add acme/final a --from live-30 --reason "picture freezes"
      The last 30 segments too; prints how it is taken back
  $ headwater mask add acme/final a --representation v720 --from 895000120 --to 895000150
  $ headwater mask remove acme/final 0001767225600000-Zk3vXq1aB9c
`;

/** `headwater mask add|list|remove`: pipelines that are out for a range of segments. */
export function maskCommand(): Command {
  return new Command('mask')
    .description('Keep a pipeline from viewers for a range of segments.')
    .addCommand(addCommand())
    .addCommand(
      viewOptions(new Command('list').description('Masks in force, those made by rule too.'))
        .addArgument(eventArgument())
        .action(list),
    )
    .addCommand(takeBackCommand('mask'))
    .addHelpText('afterAll', helpText(EXAMPLES));
}

function addCommand(): Command {
  const command = new Command('add')
    .description('Exclude a pipeline for a range of segments.')
    .addArgument(eventArgument())
    .addArgument(pipelineArgument())
    .addOption(fromOption())
    .option('--to <segment>', 'the last; without it, until it is taken back', parseSegment)
    .option('--representation <name>', 'one alone', nameParser('a representation'));
  return changeOptions(command, { decides: true }).action(add);
}

async function add(key: EventKey, pipeline: string, options: AddOptions): Promise<void> {
  const { representation } = options;
  const { from = 0, to } = await segmentNumbers(options, key, { from: options.from, to: options.to });
  const of = representation === undefined ? '' : ` in ${representation}`;
  await change(options, {
    what: `mask pipeline ${pipeline}${of} ${rangeText(from, to)}`,
    method: 'POST',
    path: eventPath(key, '/masks'),
    body: { pipeline, representation, fromSegment: from, toSegment: to },
    undo: ({ id }) => `mask remove ${key.tenant}/${key.event} ${id ?? ''}`,
  });
}

async function list(key: EventKey, options: ViewOptions): Promise<void> {
  const answer = await askControl<{ readonly masks: readonly Mask[] }>(options, eventPath(key, '/masks'));
  show(options.json, answer, () => maskLines(answer.masks));
}

function maskLines(masks: readonly Mask[]): string[] {
  if (masks.length === 0) return ['No mask is in force.'];
  const rows = masks.map((mask) => [
    mask.pipeline,
    mask.representation ?? 'all',
    rangeText(mask.fromSegment, mask.toSegment),
    mask.by,
    mask.at,
    mask.id,
    mask.reason ?? '',
  ]);
  return tableLines(['pipeline', 'representation', 'range', 'by', 'at', 'id', 'reason'], rows);
}
