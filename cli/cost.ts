import { Command, InvalidArgumentError, Option } from 'commander';
import type { CostOptions } from './cost/cost-answer';
import { helpText } from './help-text';
import { parseAmount } from './option-parsers';

const EXAMPLES = `
Examples:
  $ headwater cost --config event.json --hours 3
      Three hours of this event, behind a CDN of your own
  $ headwater cost --config event.json --hours 3 --viewers 50000 --serve-through function-url
      With CloudFront for 50,000 viewers, and serve on a Function URL
`;

export function costCommand(): Command {
  return new Command('cost')
    .description('Estimate what an event will cost on AWS, by service.')
    .requiredOption('--config <file>', 'the Live Event Configuration, as it is PUT')
    .option('--hours <hours>', 'how long the event lasts', parseAmount, 3)
    .option(
      '--regions <count>',
      'regions of the deployment, where the configuration names none',
      parseCount,
      2,
    )
    .option('--viewers <count>', 'on average, behind CloudFront; 0: a CDN of your own', parseViewers, 0)
    .option(
      '--fetches <count>',
      'how often the origin is asked for one object (1: Origin Shield)',
      parseAmount,
      1,
    )
    .addOption(
      new Option('--serve-through <how>', 'what stands before serve')
        .choices(['api-gateway', 'function-url'])
        .default('api-gateway'),
    )
    .option(
      '--provisioned <serve,ingest>',
      'instances in each region that are started for the event, for example 50,20',
      parseInstances,
    )
    .option('--hot-zones <count>', 'regions with a hot zone', parseHotZones, 0)
    .option('--prices <file>', 'JSON with prices that differ from the built-in ones')
    .option('--json', 'for programs', false)
    .addHelpText('after', helpText(EXAMPLES))
    .action(cost);
}

async function cost(options: CostOptions): Promise<void> {
  // Loaded here, so that --help and mistakes answer at once.
  const { costAnswer } = await import('./cost/cost-answer');
  process.stdout.write(costAnswer(options));
}

function parseCount(text: string): number {
  if (!/^[1-8]$/.test(text)) throw new InvalidArgumentError('Wanted 1 to 8.');
  return Number(text);
}

function parseInstances(text: string): { serve: number; ingest: number } {
  const [, serve, ingest] = /^(\d{1,5}),(\d{1,5})$/.exec(text) ?? [];
  if (serve === undefined) throw new InvalidArgumentError('Wanted two whole numbers, for example 50,20.');
  return { serve: Number(serve), ingest: Number(ingest) };
}

function parseHotZones(text: string): number {
  if (!/^[0-8]$/.test(text)) throw new InvalidArgumentError('Wanted 0 to 8.');
  return Number(text);
}

function parseViewers(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Wanted a whole number of viewers.');
  return Number(text);
}
