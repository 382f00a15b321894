import { Argument, Command, InvalidArgumentError } from 'commander';
import type { EventKey } from '../origin/candidate';
import { change, changeOptions, type ChangeOptions } from './change';
import { askControl, eventPath } from './control-client';
import { viewOptions, type ViewOptions } from './control-place';
import { helpText } from './help-text';
import { eventArgument } from './option-parsers';
import { parseSegment, SEGMENT_HELP, segmentNumbers, type Segment } from './segment-range';
import { show, tableLines } from './terminal';

type Data = Readonly<Record<string, string | number | boolean>>;

interface AddOptions extends ChangeOptions {
  readonly id?: string;
  readonly from?: Segment;
}

interface Notice {
  readonly type: string;
  readonly id?: string;
  readonly fromSegment?: number;
  readonly data: Data;
  readonly by: string;
  readonly at: string;
  readonly carried: boolean;
}

interface Notices {
  readonly version: number;
  readonly header: string;
  readonly bytesMax: number;
  readonly notices: readonly Notice[];
}

const EXAMPLES = `
Notices stand in the header Headwater-Notices of every answer; the newest have room first. One of the same type and id
takes the place of the former.

Examples:
  $ headwater notice add acme/final ad-break --id 17 --from live+5 seconds=30
  $ headwater notice add acme/final captions-lost --reason "caption encoder is down"
  $ headwater notice list acme/final
  $ headwater notice remove acme/final ad-break 17
`;

/** `headwater notice add|list|remove`: what players are told beside the media. */
export function noticeCommand(): Command {
  const add = new Command('add')
    .description('Tell players something.')
    .addArgument(eventArgument())
    .argument('<type>', 'what kind, for example ad-break')
    .addArgument(
      new Argument('[data...]', 'NAME=VALUE; numbers, true and false as such')
        .argParser(parseData)
        .default({}, 'none'),
    )
    .option('--id <name>', 'to tell several of a type apart')
    .option('--from <segment>', `which segment it is about: ${SEGMENT_HELP}`, parseSegment);
  const remove = new Command('remove')
    .description('Tell it no longer.')
    .addArgument(eventArgument())
    .argument('<type>')
    .argument('[id]');
  const list = new Command('list').description('Notices in force, the newest first.');
  return new Command('notice')
    .description('Notices to players, on every answer.')
    .addCommand(changeOptions(add, { decides: false }).action(addNotice))
    .addCommand(viewOptions(list).addArgument(eventArgument()).action(listNotices))
    .addCommand(changeOptions(remove, { decides: false }).action(removeNotice))
    .addHelpText('afterAll', helpText(EXAMPLES));
}

async function addNotice(key: EventKey, type: string, data: Data, options: AddOptions): Promise<void> {
  const { id } = options;
  const { from } = await segmentNumbers(options, key, { from: options.from });
  const name = id === undefined ? type : `${type} ${id}`;
  await change(options, {
    what: `tell notice ${name}`,
    method: 'POST',
    path: eventPath(key, '/notices'),
    body: { type, id, fromSegment: from, data },
    undo: () => `notice remove ${key.tenant}/${key.event} ${name}`,
  });
}

async function removeNotice(
  key: EventKey,
  type: string,
  id: string | undefined,
  options: ChangeOptions,
): Promise<void> {
  const name = [type, ...(id === undefined ? [] : [id])];
  await change(options, {
    what: `tell notice ${name.join(' ')} no longer`,
    method: 'DELETE',
    path: eventPath(key, `/notices/${name.map(encodeURIComponent).join('/')}`),
  });
}

async function listNotices(key: EventKey, options: ViewOptions): Promise<void> {
  const answer = await askControl<Notices>(options, eventPath(key, '/notices'));
  show(options.json, answer, () => noticeLines(answer));
}

function noticeLines({ notices, header, bytesMax, version }: Notices): string[] {
  if (notices.length === 0) return ['No notice is in force.'];
  const rows = notices.map(({ type, id = '', fromSegment, data, by, at, carried }) => [
    type,
    id,
    fromSegment?.toString() ?? '',
    carried ? 'yes' : 'no room',
    ...[by, at, dataText(data)],
  ]);
  return [
    ...tableLines(['type', 'id', 'segment', 'carried', 'by', 'at', 'data'], rows),
    `Version ${version}; the header has ${header.length} of ${bytesMax} bytes.`,
  ];
}

function dataText(data: Data): string {
  return Object.entries(data)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** @example `seconds=30` */
function parseData(text: string, previous: Data): Data {
  const [name = '', value] = text.split(/=(.*)/s);
  if (value === undefined || name === '')
    throw new InvalidArgumentError('Wanted NAME=VALUE, for example seconds=30.');
  return { ...previous, [name]: valueOf(value) };
}

function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,15}(\.\d{1,3})?$/.test(text) ? Number(text) : text;
}
