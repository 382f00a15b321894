import { Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import { askControl, eventPath } from './control-client';
import { viewOptions, type ViewOptions } from './control-place';
import { helpText } from './help-text';
import { eventArgument } from './option-parsers';
import { painter, show, tableLines, type Colour } from './terminal';

type State = 'idle' | 'ok' | 'degraded' | 'down';

interface PipelineHealth {
  readonly pipeline: string;
  readonly state: State;
  readonly received: number;
  readonly late: number;
  readonly defective: number;
  readonly missing: number;
  readonly split: number;
  readonly newest?: number;
  readonly encoderToOriginMs?: number;
}

interface Health {
  readonly window: { readonly from: number; readonly to: number };
  readonly pipelines: readonly { readonly pipeline: string; readonly state: State }[];
  readonly unheard: readonly string[];
  readonly representations: readonly {
    readonly representation: string;
    readonly pipelines: readonly PipelineHealth[];
  }[];
}

const COLOURS: Readonly<Record<State, Colour>> = {
  ok: 'green',
  degraded: 'yellow',
  down: 'red',
  idle: 'dim',
};
const HEAD = [
  ...['representation', 'pipeline', 'state', 'received', 'late', 'defective', 'missing', 'split'],
  'newest',
];

const EXAMPLES = `
Examples:
  $ headwater health acme/final
  $ headwater health acme/final --json | jq -e 'all(.pipelines[]; .state == "ok")'
`;

/** `headwater health TENANT/EVENT`: what each pipeline contributed of late. */
export function healthCommand(): Command {
  return viewOptions(
    new Command('health').description('Each pipeline in each representation over its last 60 segments.'),
  )
    .addArgument(eventArgument())
    .addHelpText('after', helpText(EXAMPLES))
    .action(health);
}

async function health(key: EventKey, options: ViewOptions): Promise<void> {
  const answer = await askControl<Health>(options, eventPath(key, '/health'));
  show(options.json, answer, () => healthLines(answer));
}

function healthLines(answer: Health): string[] {
  const paint = painter();
  const found = answer.representations.flatMap(({ representation, pipelines }) =>
    pipelines.map((one) => ({ representation, ...one })),
  );
  // Only packagers that write prft (ISO/IEC 14496-12, 8.16.5) let us know.
  const isTimed = found.some(({ encoderToOriginMs }) => encoderToOriginMs !== undefined);
  const rows = found.map((one) => [
    ...[one.representation, one.pipeline, one.state],
    ...[one.received, one.late, one.defective, one.missing, one.split].map(String),
    one.newest?.toString() ?? '',
    ...(isTimed ? [delayText(one)] : []),
  ]);
  const { from, to } = answer.window;
  return [
    ...tableLines([...HEAD, ...(isTimed ? ['delay'] : [])], rows, (line, row) =>
      paint(COLOURS[found[row]?.state ?? 'idle'], line),
    ),
    `Segments ${from} to ${to}.`,
    ...(answer.unheard.length > 0 ? [`Without an answer from ${answer.unheard.join(', ')}.`] : []),
  ];
}

function delayText({ encoderToOriginMs }: PipelineHealth): string {
  return encoderToOriginMs === undefined ? '' : `${(encoderToOriginMs / 1000).toFixed(2)} s`;
}
