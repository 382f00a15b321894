import { Argument, Command } from 'commander';
import { callControl } from './control-client';
import { controlOptions, viewOptions, type ControlOptions, type ViewOptions } from './control-place';
import { helpText } from './help-text';
import { nameParser, parseAmount } from './option-parsers';
import { print, printJson, tableLines } from './terminal';

interface BreakOptions extends ControlOptions {
  readonly seconds: number;
  readonly representation?: string;
}

interface Active {
  readonly id: string;
  readonly fault: string;
  readonly subject: string;
  readonly representation?: string;
  readonly until: string;
}

/** `GET /lab/v1/faults`. */
interface Lab {
  readonly catalog: readonly {
    readonly name: string;
    readonly scope: string;
    readonly what: string;
    readonly subjects: readonly string[];
  }[];
  readonly active: readonly Active[];
}

const SECONDS = 20;
const FAULTS = 'faults';
const PLANE = { plane: 'lab' } as const;

const EXAMPLES = `
The lab is there where \`headwater start\` runs with its demo, on the edge's port, for the administrator's token.

Examples:
  $ headwater lab list
      What can be broken, and what is broken now
  $ headwater lab break stop a
      Pipeline a sends nothing for ${SECONDS} s
  $ headwater lab break cut-frames b --representation v720 --seconds 60
  $ headwater lab break stop-region us-east-1 --seconds 10
  $ headwater lab mend
      Everything, at once
`;

/** `headwater lab list|break|mend`: things broken on purpose, each for a time. */
export function labCommand(): Command {
  return new Command('lab')
    .description('Break pipelines and regions of the demo on purpose, each for a time.')
    .addCommand(viewOptions(new Command('list').description('What can be broken, and what is.')).action(list))
    .addCommand(
      controlOptions(new Command('break').description('Break one thing; it mends by itself.'))
        .argument('<fault>', 'as `list` shows it')
        .addArgument(
          new Argument('<subject>', 'a pipeline or a region').argParser(nameParser('a pipeline or a region')),
        )
        .option('--seconds <seconds>', 'until it mends', parseAmount, SECONDS)
        .option('--representation <name>', "one of a pipeline's alone", nameParser('a representation'))
        .action(breakIt),
    )
    .addCommand(
      controlOptions(new Command('mend').description('End a fault before its time, or all.'))
        .argument('[id]', 'as `list` shows it; without it, all')
        .action(mend),
    )
    .addHelpText('afterAll', helpText(EXAMPLES));
}

async function list(options: ViewOptions): Promise<void> {
  const { text } = await callControl(options, 'GET', FAULTS, PLANE);
  const lab = JSON.parse(text) as Lab;
  if (options.json) printJson(lab);
  else print(...labLines(lab));
}

function labLines({ catalog, active }: Lab): readonly string[] {
  const faults = catalog.map(({ name, scope, what, subjects }) => [name, scope, subjects.join(' '), what]);
  const broken = active.map((one) => [
    ...[one.fault, one.subject, one.representation ?? 'all', one.until, one.id],
  ]);
  return [
    ...tableLines(['fault', 'of a', 'which', 'then it'], faults),
    '',
    ...(broken.length === 0
      ? ['Nothing is broken.']
      : tableLines(['broken', 'subject', 'representation', 'until', 'id'], broken)),
  ];
}

async function breakIt(
  fault: string,
  subject: string,
  { seconds, representation, ...options }: BreakOptions,
): Promise<void> {
  const json = JSON.stringify({ fault, subject, representation, durationSeconds: seconds });
  const { text } = await callControl(options, 'POST', FAULTS, { ...PLANE, json });
  const { id, until } = JSON.parse(text) as Active;
  print(`${fault} of ${subject} until ${until}. Earlier: headwater lab mend ${id}`);
}

async function mend(id: string | undefined, options: ControlOptions): Promise<void> {
  const path = id === undefined ? FAULTS : `${FAULTS}/${encodeURIComponent(id)}`;
  await callControl(options, 'DELETE', path, PLANE);
  print(id === undefined ? 'All mended.' : `Mended ${id}.`);
}
