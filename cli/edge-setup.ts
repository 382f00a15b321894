import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { ApplianceGroup } from '../edge/appliance/group';
import { DEBIAN } from '../edge/appliance/places';
import { CliError } from './cli-error';
import { EDGE_CREDENTIAL_OPTION, edgeCredential } from './edge-credential';
import { helpText } from './help-text';

interface SetupOptions {
  readonly group: string;
  readonly node?: string;
  readonly credentialFile?: string;
  readonly root: string;
  readonly state: string;
  readonly run: string;
}

const EXAMPLES = `
Writes nginx/headwater/, varnish/headwater/ and systemd units below --root; nothing else is touched. docs/appliance.md
says what to install before, and what to do after.

Examples:
  $ headwater edge-setup --group appliances.json --credential-file /etc/headwater/edge-credential
      One appliance
  $ headwater edge-setup --group appliances.json --node edge-1
      One of a group, in which some nodes fill the others
`;

export function edgeSetupCommand(): Command {
  return new Command('edge-setup')
    .description('Write the configuration of an appliance: nginx with the guard, Varnish behind it.')
    .requiredOption('--group <file>', 'regions, memory, nodes and who fills what (docs/appliance.md)')
    .option('--node <name>', "this machine's name in the group, where it has nodes")
    .option(...EDGE_CREDENTIAL_OPTION)
    .option('--root <directory>', 'of the configuration of both daemons', '/etc')
    .option('--state <directory>', 'of what the agent writes', DEBIAN.state)
    .option('--run <directory>', 'of sockets', DEBIAN.run)
    .addHelpText('after', helpText(EXAMPLES))
    .action(setUp);
}

async function setUp({ group: file, node, credentialFile, root, state, run }: SetupOptions): Promise<void> {
  const { GroupRefused, parseGroup } = await import('../edge/appliance/group');
  const { writeAppliance } = await import('../edge/appliance/write-appliance');
  const { writeUnits } = await import('../edge/appliance/systemd-units');
  const credential = edgeCredential(credentialFile);
  try {
    const group: ApplianceGroup = parseGroup(readFileSync(file, 'utf8'));
    const places = { state, run };
    const { vcl } = writeAppliance(group, { root, places, node, credential });
    const written = writeUnits(group, { root, places, node, vcl });
    process.stdout.write(
      `Written below ${root}: nginx/headwater/, varnish/headwater/, ${written.join(', ')}\n` +
        'Next (docs/appliance.md): include headwater/headwater.conf and headwater/media.conf in nginx, then\n' +
        '  systemctl daemon-reload && systemctl restart varnish nginx\n',
    );
  } catch (error) {
    if (error instanceof GroupRefused) throw new CliError(`${file}: ${error.message}`);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR')
      throw new CliError(`${message}. --group names a file, --root a directory that this user may write.`);
    throw error;
  }
}
