import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import * as v from 'valibot';
import { parseConfiguration, faultsOf, type Fault } from '../origin/events/configuration';
import { CliError } from './cli-error';
import { costText } from './cost/cost-text';
import { estimate, type CostQuestion } from './cost/estimate';
import { PRICES, PRICES_OF, type Prices } from './cost/prices';
import { parseAmount } from './option-parsers';

interface CostOptions {
  readonly config: string;
  readonly hours: number;
  readonly regions: number;
  readonly viewers: number;
  readonly fetches: number;
  readonly serveThrough: CostQuestion['serveThrough'];
  readonly prices?: string;
  readonly json: boolean;
}

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
    .option('--prices <file>', 'JSON with prices that differ from the built-in ones')
    .option('--json', 'for programs', false)
    .addHelpText('after', EXAMPLES)
    .action(cost);
}

function cost(options: CostOptions): void {
  const parsed = parseConfiguration(readJson(options.config));
  if ('faults' in parsed) throw refused(options.config, parsed.faults);
  const { configuration } = parsed;
  const prices = options.prices === undefined ? PRICES : readPrices(options.prices);
  const question: CostQuestion = { ...options, configuration };
  const lines = estimate(question, prices);
  const dollars = lines.reduce((sum, each) => sum + each.dollars, 0);
  const priced = options.prices === undefined ? PRICES_OF : `${PRICES_OF}; changed by ${options.prices}`;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ prices: priced, dollars, lines }, null, 2)}\n`
      : costText(question, lines, dollars, priced),
  );
}

function readPrices(file: string): Prices {
  const price = v.optional(v.pipe(v.number(), v.minValue(0)));
  const entries = Object.fromEntries(Object.keys(PRICES).map((name) => [name, price]));
  const read = v.safeParse(v.strictObject(entries), readJson(file));
  if (!read.success) throw refused(file, faultsOf(read.issues));
  return { ...PRICES, ...read.output };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new CliError(`${file}: wanted a file of JSON: ${(error as Error).message}`);
  }
}

function refused(file: string, faults: readonly Fault[]): CliError {
  const lines = faults.map(({ parameter, wanted, got }) => `  ${parameter}: wanted ${wanted}, got ${got}`);
  return new CliError(`${file} is refused:\n${lines.join('\n')}`);
}

function parseCount(text: string): number {
  if (!/^[1-8]$/.test(text)) throw new InvalidArgumentError('Wanted 1 to 8.');
  return Number(text);
}

function parseViewers(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Wanted a whole number of viewers.');
  return Number(text);
}
