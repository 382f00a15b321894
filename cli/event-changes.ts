import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import { change, changeOptions, type ChangeOptions } from './change';
import { CliError, EXIT } from './cli-error';
import { askControl, eventPath } from './control-client';
import { eventArgument } from './option-parsers';
import { parseSegment, SEGMENT_HELP, segmentNumbers, type Segment } from './segment-range';

interface PutOptions extends ChangeOptions {
  readonly new: boolean;
  readonly ifMatch?: string;
}

/** `headwater event put TENANT/EVENT FILE`. */
export function putCommand(): Command {
  const command = new Command('put')
    .description('Create an event, or replace its configuration.')
    .addArgument(eventArgument())
    .argument('<file>', 'of the Live Event Configuration as JSON; - for standard input')
    .option('--new', 'only create, never replace', false)
    .option('--if-match <etag>', 'only replace what `event get` showed');
  return changeOptions(command, { decides: true }).action(put);
}

async function put(key: EventKey, file: string, options: PutOptions): Promise<void> {
  const headers = {
    ...(options.new && { 'if-none-match': '*' }),
    ...(options.ifMatch !== undefined && { 'if-match': options.ifMatch }),
  };
  await change(options, {
    what: `put the configuration of ${key.tenant}/${key.event}`,
    method: 'PUT',
    path: eventPath(key),
    whole: readJson(file),
    headers,
  });
}

/** Looked at here already: a mistake is told with the file's name and place. */
function readJson(file: string): string {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8');
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new CliError(`${file}: wanted a file of JSON: ${(error as Error).message}`);
  }
}

interface EndOptions extends ChangeOptions {
  readonly at?: Segment;
}

/** `headwater event end TENANT/EVENT`. */
export function endCommand(): Command {
  const command = new Command('end')
    .description('End an event; its window stays for one DVR length.')
    .addArgument(eventArgument())
    .option('--at <segment>', `the final one: ${SEGMENT_HELP}; without it, the live edge`, parseSegment);
  return changeOptions(command, { decides: true }).action(end);
}

async function end(key: EventKey, options: EndOptions): Promise<void> {
  const { at } = await segmentNumbers(options, key, { at: options.at });
  await change(options, {
    what: `end ${key.tenant}/${key.event} at ${at === undefined ? 'the live edge' : `segment ${at}`}`,
    method: 'POST',
    path: eventPath(key, '/end'),
    body: { finalSegment: at },
  });
}

/** `headwater event delete TENANT/EVENT`. */
export function deleteCommand(): Command {
  const command = new Command('delete')
    .description('End an event and expire it at once: from then on it is unknown.')
    .addArgument(eventArgument())
    .option('--force', 'although it is live', false);
  return changeOptions(command, { decides: false }).action(remove);
}

async function remove(key: EventKey, options: ChangeOptions): Promise<void> {
  const { endedAt } = await askControl<{ readonly endedAt?: string }>(options, eventPath(key));
  if (endedAt === undefined && options.force !== true)
    throw new CliError(
      `${key.tenant}/${key.event} is live: viewers would lose all of it. End it first (\`headwater event end\`), or --force.`,
      EXIT.loses,
    );
  await change(options, {
    what: `delete ${key.tenant}/${key.event}`,
    method: 'DELETE',
    path: eventPath(key),
  });
}
