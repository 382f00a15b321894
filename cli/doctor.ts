import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { NAME_PATTERN } from '../origin/events/name-pattern';
import { cancelSource } from '../origin/ports/cancel';
import { CliError, EXIT } from './cli-error';
import { controlOptions } from './control-place';
import { helpText } from './help-text';
import { parseBaseUrl } from './option-parsers';
import { stopSignal } from './stop-signal';

interface DoctorOptions {
  readonly control?: URL;
  readonly publish: readonly (readonly [region: string, url: URL])[];
  readonly cdn?: URL;
  readonly outputs?: string;
  readonly tenant: string;
  readonly chunked: boolean;
  readonly keep: boolean;
  readonly json: boolean;
  readonly controlTokenFile?: string;
}

const EXAMPLES = `
It makes an event of its own, publishes some segments to every region as two pipelines, asks for them as a viewer does, and
deletes the event, also on Ctrl-C. The operator's token comes from HEADWATER_CONTROL_TOKEN or --control-token-file. Exit code 1: not well.

Examples:
  $ npx cdk deploy --all --outputs-file outputs.json && headwater doctor --outputs outputs.json --chunked
      A deployment on AWS; --chunked tells what only an account can
  $ headwater doctor --control http://127.0.0.1:8081 --cdn http://127.0.0.1:8080 \\
      --publish us-east-1=http://127.0.0.1:8081 --publish us-west-2=http://127.0.0.1:8082 \\
      --control-token-file .headwater/control-token
      The embedded run
`;

export function doctorCommand(): Command {
  return controlOptions(new Command('doctor'))
    .description('Check a deployment from outside: publish, watch, fail over, clean up.')
    .option('--outputs <file>', 'of `cdk deploy --outputs-file`, in place of the three URLs')
    .option('--publish <region=url>', "a region's publish API; repeat for each", parseRegionUrl, [])
    .option('--cdn <url>', 'what viewers use', parseBaseUrl)
    .option('--tenant <name>', 'to make the event for', parseName, 'doctor')
    .option('--chunked', 'also chunked bodies and Expect: 100-continue, which gateways may not take', false)
    .option('--keep', 'leave the event there afterwards', false)
    .option('--json', 'for programs: one line a check', false)
    .addHelpText('after', helpText(EXAMPLES))
    .action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  const { control, cdn, publish } = placesOf(options);
  // Loaded here, so that --help and mistakes answer at once.
  const { visit } = await import('./doctor/visit');
  const places = {
    control: { control, ...(options.controlTokenFile && { controlTokenFile: options.controlTokenFile }) },
    publish: new Map(publish),
    cdn,
  };
  const { tenant, chunked, keep, json } = options;
  const write = (text: string) => void process.stdout.write(text);
  const stopped = cancelSource();
  void stopSignal().then(() => stopped.cancel());
  const failed = await visit({ places, tenant, chunked, keep, json, write }, stopped);
  if (stopped.cancelled) throw new CliError('Stopped before the end.');
  if (failed > 0) throw new CliError(`${failed} ${failed === 1 ? 'check' : 'checks'} failed.`);
}

type Found = Required<Pick<DoctorOptions, 'control' | 'cdn' | 'publish'>>;

function placesOf({ control, cdn, publish, outputs }: DoctorOptions): Found {
  const found = outputs === undefined ? undefined : readOutputs(outputs);
  const all = {
    control: control ?? found?.control,
    cdn: cdn ?? found?.cdn,
    publish: publish.length > 0 ? publish : (found?.publish ?? []),
  };
  if (all.control === undefined || all.cdn === undefined || all.publish.length === 0)
    throw new CliError(
      'wanted --control, --cdn and one --publish REGION=URL or more; or --outputs FILE.',
      EXIT.usage,
    );
  return { control: all.control, cdn: all.cdn, publish: all.publish };
}

/** The outputs of our stacks: their names end in the region that they are of. */
function readOutputs(file: string): Partial<Found> {
  let stacks: Record<string, Record<string, string>>;
  try {
    stacks = JSON.parse(readFileSync(file, 'utf8')) as typeof stacks;
  } catch (error) {
    throw new CliError(`${file}: wanted the outputs of cdk deploy: ${(error as Error).message}`);
  }
  const urls = (name: string) =>
    Object.values(stacks).flatMap(({ [name]: url }) => (url === undefined ? [] : [parseBaseUrl(url)]));
  const [control] = urls('ControlUrl');
  const [cdn] = urls('ViewerUrl');
  const publish = urls('PublishUrl').map((url) => [url.hostname.split('.')[2] ?? url.hostname, url] as const);
  return { publish, ...(control && { control }), ...(cdn && { cdn }) };
}

function parseRegionUrl(text: string, previous: DoctorOptions['publish']): DoctorOptions['publish'] {
  const [region = '', url = ''] = text.split(/=(.*)/s);
  if (!NAME_PATTERN.test(region))
    throw new InvalidArgumentError('Wanted REGION=URL, for example us-east-1=https://example.net.');
  return [...previous, [region, parseBaseUrl(url)]];
}

function parseName(text: string): string {
  if (!NAME_PATTERN.test(text)) throw new InvalidArgumentError('Wanted 1-64 of A-Z a-z 0-9 _ -.');
  return text;
}
