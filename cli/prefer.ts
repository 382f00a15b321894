import { Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import { change, changeOptions, type ChangeOptions } from './change';
import { askControl, eventPath } from './control-client';
import { viewOptions, type ViewOptions } from './control-place';
import { addDefaultCommand } from './default-command';
import { helpText } from './help-text';
import { eventArgument, parseNames } from './option-parsers';
import { fromOption, segmentNumbers, type Segment } from './segment-range';
import { takeBackCommand } from './take-back';
import { show, tableLines } from './terminal';

interface AddOptions extends ChangeOptions {
  readonly from: Segment;
}

interface Preference {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly reason?: string;
  readonly fromSegment: number;
  readonly order: readonly string[];
}

const EXAMPLES = `
Examples:
  $ headwater prefer acme/final b --reason "encoder a is serviced"
      Pipeline b first from the live edge on, then the others in the configuration's order
  $ headwater prefer acme/final b,a --from 895000120 --preview
  $ headwater prefer list acme/final
  $ headwater prefer remove acme/final 0001767225600000-Zk3vXq1aB9c
`;

/** `headwater prefer [add]|list|remove`: which pipelines come first, from a segment on. */
export function preferCommand(): Command {
  const prefer = new Command('prefer').description('Another order of pipelines from a segment on.');
  return addDefaultCommand(prefer, addCommand())
    .addCommand(
      viewOptions(new Command('list').description('Orders that operators gave, the one in force last first.'))
        .addArgument(eventArgument())
        .action(list),
    )
    .addCommand(takeBackCommand('preference'))
    .addHelpText('afterAll', helpText(EXAMPLES));
}

function addCommand(): Command {
  const command = new Command('add')
    .description('Prefer pipelines; `add` itself can be left out.')
    .addArgument(eventArgument())
    .argument('<order>', 'pipelines, the first one first, separated by commas', parseNames)
    .addOption(fromOption());
  return changeOptions(command, { decides: true }).action(add);
}

async function add(key: EventKey, order: readonly string[], options: AddOptions): Promise<void> {
  const { from = 0 } = await segmentNumbers(options, key, { from: options.from });
  await change(options, {
    what: `prefer ${order.join(', ')} from segment ${from} on`,
    method: 'POST',
    path: eventPath(key, '/preferences'),
    body: { fromSegment: from, order },
    undo: ({ id }) => `prefer remove ${key.tenant}/${key.event} ${id ?? ''}`,
  });
}

async function list(key: EventKey, options: ViewOptions): Promise<void> {
  const answer = await askControl<{ readonly preferences: readonly Preference[] }>(
    options,
    eventPath(key, '/preferences'),
  );
  show(options.json, answer, () => preferenceLines(answer.preferences));
}

function preferenceLines(preferences: readonly Preference[]): string[] {
  if (preferences.length === 0) return ["No preference is in force: the configuration's order is."];
  const rows = preferences.map(({ fromSegment, order, by, at, id, reason = '' }) => [
    `${fromSegment}`,
    order.join(', '),
    ...[by, at, id, reason],
  ]);
  return tableLines(['from', 'order', 'by', 'at', 'id', 'reason'], rows);
}
