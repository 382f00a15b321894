import { Command } from 'commander';
import { fromMpdCommand } from './event-from-mpd';

export function eventCommand(): Command {
  return new Command('event').description('Make events.').addCommand(fromMpdCommand()).exitOverride();
}
