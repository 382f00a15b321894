import { Command } from 'commander';
import { deleteCommand, endCommand, putCommand } from './event-changes';
import { fromMpdCommand } from './event-from-mpd';
import { getCommand, historyCommand, listCommand } from './event-views';
import { helpText } from './help-text';

const EXAMPLES = `
Examples:
  $ headwater event put acme/final event.json --new
  $ headwater event get acme/final --configuration > event.json
      To be changed and put back
  $ headwater event put acme/final event.json --preview
      What viewers would get by it; nothing is changed
  $ headwater event end acme/final --reason "final whistle"
  $ headwater event history acme/final
`;

export function eventCommand(): Command {
  return new Command('event')
    .description('Make events, change and end them, and see who did what.')
    .addCommand(listCommand())
    .addCommand(getCommand())
    .addCommand(putCommand())
    .addCommand(endCommand())
    .addCommand(deleteCommand())
    .addCommand(historyCommand())
    .addCommand(fromMpdCommand())
    .addHelpText('afterAll', helpText(EXAMPLES));
}
