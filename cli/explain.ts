import { Argument, Command, InvalidArgumentError } from 'commander';
import { parseMediaPath, type MediaPath } from '../http/media-path';
import { askControl, eventPath } from './control-client';
import { viewOptions, type ViewOptions } from './control-place';
import { explainLines, type Explanation } from './explain-lines';
import { helpText } from './help-text';
import { painter, show } from './terminal';

const EXAMPLES = `
Examples:
  $ headwater explain https://cdn.example/live/acme/final/v720/895000120.m4s
      A URL as a player asks for it
  $ headwater explain acme/final/v720/895000120.m4s --json
      TENANT/EVENT and the path below it
`;

/** `headwater explain URL`: what a request is answered, and why. */
export function explainCommand(): Command {
  return viewOptions(
    new Command('explain').description(
      'What a request is answered, and why: every candidate of every region.',
    ),
  )
    .addArgument(new Argument('<url>', 'a URL, its path, or TENANT/EVENT/PATH').argParser(parseMediaUrl))
    .addHelpText('after', helpText(EXAMPLES))
    .action(explain);
}

async function explain({ key, path }: MediaPath, options: ViewOptions): Promise<void> {
  const answer = await askControl<Explanation>(options, eventPath(key, '/explain'), { path });
  show(options.json, answer, () => explainLines(answer, painter()));
}

/** @example `https://cdn.example/live/acme/final/v720/5.m4s?x`, `/live/acme/final/v720/5.m4s`, `acme/final/v720/5.m4s` */
function parseMediaUrl(text: string): MediaPath {
  const [, path = ''] = /^(?:https?:\/\/[^/?#]+)?([^?#]*)/i.exec(text) ?? [];
  const parsed = parseMediaPath(path.startsWith('/') ? path : `/live/${path}`);
  if (parsed === undefined)
    throw new InvalidArgumentError(
      'Wanted a URL of an event, for example https://cdn.example/live/acme/final/v720/5.m4s, or acme/final/v720/5.m4s.',
    );
  return parsed;
}
