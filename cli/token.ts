import { Command, InvalidArgumentError, Option } from 'commander';
import { NAME_PATTERN } from '../origin/events/configuration';
import { callControl, TOKEN_FILE_OPTION, type ControlOptions } from './control-client';
import { parseAmount, parseBaseUrl } from './option-parsers';

interface CreateOptions extends ControlOptions {
  readonly tenants: '*' | readonly string[];
  readonly access: 'read' | 'write';
  readonly days?: number;
}

interface ListedToken {
  readonly id: string;
  readonly tenants: '*' | readonly string[];
  readonly access: string;
  readonly expiresAt?: string;
}

const EXAMPLES = `
The administrator's token comes from HEADWATER_CONTROL_TOKEN or --control-token-file, never from the command line.

Examples:
  $ headwater token create mixing-desk --tenants acme --access write --days 30 --control http://127.0.0.1:8081
      Prints the token, this once, on standard output
  $ headwater token list --control http://127.0.0.1:8081
  $ headwater token revoke mixing-desk-Xy12_abc --control http://127.0.0.1:8081
`;

/** `headwater token create|list|revoke`: who may call the control plane. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('Tokens of operators: made, listed and revoked with the administrator’s.')
    .addCommand(
      reaching(new Command('create').description('Make a token for operators of some tenants.'))
        .argument('<name>', 'who holds it; its id begins with it')
        .requiredOption('--tenants <names>', 'separated by commas, or "*" for all', parseTenants)
        .addOption(new Option('--access <what>', 'what it may do').choices(['read', 'write']).default('read'))
        .option('--days <days>', 'until it expires; without it, never', parseAmount)
        .action(create),
    )
    .addCommand(reaching(new Command('list').description('All tokens; none of their secrets.')).action(list))
    .addCommand(
      reaching(new Command('revoke').description('From now on a token is refused.'))
        .argument('<id>', 'as `list` shows it')
        .action(revoke),
    )
    .addHelpText('after', EXAMPLES)
    .exitOverride();
}

function reaching(command: Command): Command {
  return command
    .requiredOption('--control <url>', 'base URL of a region (embedded) or of the control API', parseBaseUrl)
    .option(...TOKEN_FILE_OPTION)
    .exitOverride();
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const { tenants, access, days } = options;
  const expiresAt = days === undefined ? undefined : new Date(Date.now() + days * 86_400_000).toISOString();
  const asked = { name, tenants, access, ...(expiresAt !== undefined && { expiresAt }) };
  const { text } = await callControl(options, 'POST', 'tokens', JSON.stringify(asked));
  const made = JSON.parse(text) as ListedToken & { readonly token: string };
  // The token alone on standard output, so that it can go into a file or a secret store.
  process.stderr.write(`Made ${lineOf(made)}. It is shown this once:\n`);
  process.stdout.write(`${made.token}\n`);
}

async function list(options: ControlOptions): Promise<void> {
  const { text } = await callControl(options, 'GET', 'tokens');
  const { tokens } = JSON.parse(text) as { readonly tokens: readonly ListedToken[] };
  for (const token of tokens) process.stdout.write(`${lineOf(token)}\n`);
}

async function revoke(id: string, options: ControlOptions): Promise<void> {
  await callControl(options, 'DELETE', `tokens/${encodeURIComponent(id)}`);
  process.stdout.write(`Revoked ${id}.\n`);
}

function lineOf({ id, tenants, access, expiresAt }: ListedToken): string {
  const names = tenants === '*' ? '*' : tenants.join(',');
  return `${id}  ${access}  ${names}  ${expiresAt === undefined ? 'for good' : `until ${expiresAt}`}`;
}

function parseTenants(text: string): '*' | readonly string[] {
  if (text === '*') return text;
  const names = text.split(',');
  if (!names.every((name) => NAME_PATTERN.test(name)))
    throw new InvalidArgumentError('Wanted names separated by commas, for example acme,other, or "*".');
  return names;
}
