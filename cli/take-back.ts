import { Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import { change, changeOptions, type ChangeOptions } from './change';
import { eventPath } from './control-client';
import { eventArgument } from './option-parsers';

/** What operators add to an event under an id, and take back by it. */
export type Entry = 'mask' | 'preference';

/** The `remove` of masks and preferences. */
export function takeBackCommand(entry: Entry): Command {
  const command = new Command('remove')
    .description(`Take a ${entry} back; the history keeps both.`)
    .addArgument(eventArgument())
    .argument('<id>', 'as `list` shows it');
  return changeOptions(command, { decides: true }).action(
    (key: EventKey, id: string, options: ChangeOptions) =>
      change(options, {
        what: `take back ${entry} ${id}`,
        method: 'DELETE',
        path: eventPath(key, `/${entry}s/${encodeURIComponent(id)}`),
      }),
  );
}
