import { Argument, Command } from 'commander';
import type { EventKey } from '../origin/candidate';
import { change, changeOptions, type ChangeOptions } from './change';
import { callControl, eventPath } from './control-client';
import { helpText } from './help-text';
import { eventArgument, nameParser, pipelineArgument, wholeParser } from './option-parsers';
import { fromOption, segmentNumbers, type Segment } from './segment-range';
import { print } from './terminal';

interface CredentialOptions extends ChangeOptions {
  readonly overlap: number;
}

interface AcceptOptions extends ChangeOptions {
  readonly from: Segment;
}

interface Credential {
  readonly pipeline: string;
  readonly id: string;
  readonly secret: string;
  readonly previousValidUntil: string;
}

const EXAMPLES = `
Examples:
  $ (umask 077; headwater pipeline credential acme/final a > a.secret)
      A new secret, shown this once; the former ones work for another hour, so that the packager changes over without a gap
  $ headwater pipeline credential acme/final a --overlap 0 --reason "it was in a log"
      The former ones are refused from now on
  $ headwater pipeline accept-init acme/final b v720 --from live+10 --preview
      The init that pipeline b sent last, and that was refused, as the next version
`;

const HOUR_SECONDS = 3600;

/** `headwater pipeline credential|accept-init`: who contributes, and with what. */
export function pipelineCommand(): Command {
  const credential = new Command('credential')
    .description('Make a new secret of a pipeline, on standard output this once.')
    .addArgument(eventArgument())
    .addArgument(pipelineArgument())
    .option(
      '--overlap <seconds>',
      'how long the former ones go on working',
      wholeParser(0, 365 * 24 * HOUR_SECONDS),
      HOUR_SECONDS,
    );
  const acceptInit = new Command('accept-init')
    .description('Accept the init of a pipeline that was refused, from a segment on.')
    .addArgument(eventArgument())
    .addArgument(pipelineArgument())
    .addArgument(
      new Argument('<representation>', 'its name in the configuration').argParser(
        nameParser('a representation'),
      ),
    )
    .addOption(fromOption());
  return new Command('pipeline')
    .description('Secrets and inits of pipelines.')
    .addCommand(changeOptions(credential, { decides: false }).action(makeCredential))
    .addCommand(changeOptions(acceptInit, { decides: true }).action(accept))
    .addHelpText('afterAll', helpText(EXAMPLES));
}

async function makeCredential(key: EventKey, pipeline: string, options: CredentialOptions): Promise<void> {
  const { overlap, reason, json } = options;
  const previousValidUntil = new Date(Date.now() + overlap * 1000).toISOString();
  const { text } = await callControl(options, 'PUT', eventPath(key, `/pipelines/${pipeline}/credential`), {
    json: JSON.stringify({ previousValidUntil, reason }),
  });
  if (json === true) {
    print(text.trim());
    return;
  }
  const made = JSON.parse(text) as Credential;
  // The secret alone on standard output, so that it can go into a file or a secret store.
  process.stderr.write(
    `Credential ${made.id} of pipeline ${pipeline}, shown this once. Former ones work until ${made.previousValidUntil}.\n` +
      `HTTP Basic: user ${pipeline}, the secret as password; or Bearer. \`headwater publish\` takes it in HEADWATER_SECRET.\n`,
  );
  print(made.secret);
}

async function accept(
  key: EventKey,
  pipeline: string,
  representation: string,
  options: AcceptOptions,
): Promise<void> {
  const { from = 0 } = await segmentNumbers(options, key, { from: options.from });
  await change(options, {
    what: `accept the init of pipeline ${pipeline} for ${representation} from segment ${from} on`,
    method: 'POST',
    path: eventPath(key, `/inits/${representation}`),
    body: { pipeline, fromSegment: from },
  });
}
