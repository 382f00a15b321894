import { Command, Option } from 'commander';
import { askControl, callControl } from './control-client';
import { controlOptions, viewOptions, type ControlOptions, type ViewOptions } from './control-place';
import { helpText } from './help-text';
import { parseAmount, parseNames } from './option-parsers';
import { show, tableLines } from './terminal';

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
      controlOptions(new Command('create').description('Make a token for operators of some tenants.'))
        .argument('<name>', 'who holds it; its id begins with it')
        .requiredOption('--tenants <names>', 'separated by commas, or "*" for all', parseTenants)
        .addOption(new Option('--access <what>', 'what it may do').choices(['read', 'write']).default('read'))
        .option('--days <days>', 'until it expires; without it, never', parseAmount)
        .action(create),
    )
    .addCommand(
      viewOptions(new Command('list').description('All tokens; none of their secrets.')).action(list),
    )
    .addCommand(
      controlOptions(new Command('revoke').description('From now on a token is refused.'))
        .argument('<id>', 'as `list` shows it')
        .action(revoke),
    )
    .addHelpText('afterAll', helpText(EXAMPLES));
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const { tenants, access, days } = options;
  const expiresAt = days === undefined ? undefined : new Date(Date.now() + days * 86_400_000).toISOString();
  const asked = { name, tenants, access, ...(expiresAt !== undefined && { expiresAt }) };
  const { text } = await callControl(options, 'POST', 'tokens', { json: JSON.stringify(asked) });
  const made = JSON.parse(text) as ListedToken & { readonly token: string };
  // The token alone on standard output, so that it can go into a file or a secret store.
  process.stderr.write(
    `Made ${made.id} to ${access} ${tenantsText(tenants)}, ${untilText(expiresAt)}. It is shown this once:\n`,
  );
  process.stdout.write(`${made.token}\n`);
}

async function list(options: ViewOptions): Promise<void> {
  const answer = await askControl<{ readonly tokens: readonly ListedToken[] }>(options, 'tokens');
  show(options.json, answer, () => tokenLines(answer.tokens));
}

function tokenLines(tokens: readonly ListedToken[]): string[] {
  if (tokens.length === 0) return ["No token was made: the administrator's alone is valid."];
  const rows = tokens.map(({ id, access, tenants, expiresAt }) => [
    ...[id, access, tenantsText(tenants)],
    untilText(expiresAt),
  ]);
  return tableLines(['id', 'access', 'tenants', 'valid'], rows);
}

async function revoke(id: string, options: ControlOptions): Promise<void> {
  await callControl(options, 'DELETE', `tokens/${encodeURIComponent(id)}`);
  process.stdout.write(`Revoked ${id}.\n`);
}

function tenantsText(tenants: ListedToken['tenants']): string {
  return tenants === '*' ? tenants : tenants.join(',');
}

function untilText(expiresAt: string | undefined): string {
  return expiresAt === undefined ? 'for good' : `until ${expiresAt}`;
}

function parseTenants(text: string): '*' | readonly string[] {
  return text === '*' ? text : parseNames(text);
}
