import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parseConfiguration, faultsOf, type Fault } from '../../origin/events/configuration';
import { CliError } from '../cli-error';
import { costText } from './cost-text';
import { estimate, type CostQuestion } from './estimate';
import { PRICES, PRICES_OF, type Prices } from './prices';

export interface CostOptions extends Omit<CostQuestion, 'configuration'> {
  /** File of the Live Event Configuration. */
  readonly config: string;
  /** File of prices that differ. */
  readonly prices?: string;
  readonly json: boolean;
}

/** Answers as `headwater cost` prints it. @throws CliError for files that are none, or are refused. */
export function costAnswer(options: CostOptions): string {
  const parsed = parseConfiguration(readJson(options.config));
  if ('faults' in parsed) throw refused(options.config, parsed.faults);
  const { configuration } = parsed;
  const prices = options.prices === undefined ? PRICES : readPrices(options.prices);
  const question: CostQuestion = { ...options, configuration };
  const lines = estimate(question, prices);
  const dollars = lines.reduce((sum, each) => sum + each.dollars, 0);
  const priced = options.prices === undefined ? PRICES_OF : `${PRICES_OF}; changed by ${options.prices}`;
  return options.json
    ? `${JSON.stringify({ prices: priced, dollars, lines }, null, 2)}\n`
    : costText(question, lines, dollars, priced);
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
