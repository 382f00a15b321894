import type { Command } from 'commander';
import { CliError, EXIT } from './cli-error';
import { callControl } from './control-client';
import { controlOptions, type ControlOptions } from './control-place';
import { harmless, painter, print } from './terminal';

export interface ChangeOptions extends ControlOptions {
  readonly reason?: string;
  readonly force?: boolean;
  readonly preview?: boolean;
  readonly json?: boolean;
}

/** What every change answers (`ChangeMembers` of docs/openapi.yaml). */
export interface ChangeAnswer {
  readonly id?: string;
  readonly consequence?: { readonly text: string; readonly loses: boolean };
  readonly takesEffect?: {
    readonly originsMs: number;
    readonly slower: readonly { readonly what: string; readonly withinMs: number | null }[];
  };
}

/** One change of a deployment. */
export interface Change {
  /** In the imperative, as it was asked for: `mask pipeline a from segment 5 on`. */
  readonly what: string;
  readonly method: 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  /** A body of ours, to which the reason is added. */
  readonly body?: object;
  /** A body that is the resource itself, already JSON. */
  readonly whole?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The command that takes it back. */
  readonly undo?: (answer: ChangeAnswer) => string | undefined;
}

/** Options of a change. Not every one decides what viewers get: others have neither `--preview` nor `--force`. */
export function changeOptions(command: Command, { decides }: { readonly decides: boolean }): Command {
  if (decides)
    command
      .option('--preview', 'tell what viewers would get, and do nothing', false)
      .option('--force', 'although viewers lose segments by it', false);
  return controlOptions(
    command
      .option('--reason <text>', 'why, for the history')
      .option('--json', "for programs: the control plane's answer", false),
  );
}

/**
 * Makes a change, or looks at it, and tells what it does, when it acts and how it is taken back.
 * @throws CliError with {@link EXIT}.loses where viewers lose segments and nobody forces it; with --preview too.
 */
export async function change(options: ChangeOptions, asked: Change): Promise<void> {
  const { preview = false, force = false, json = false } = options;
  const { text } = await callControl(options, asked.method, asked.path, requestOf(options, asked));
  const answer = JSON.parse(text) as ChangeAnswer;
  if (json) print(text.trim());
  else print(...changeLines(asked, answer, preview));
  if (preview && !force && answer.consequence?.loses === true)
    throw new CliError('viewers would lose segments: without --force it is refused.', EXIT.loses);
}

/** The reason goes beside what is sent where there is a place for it; else into a header, which is ASCII. */
function requestOf({ reason, preview, force }: ChangeOptions, { body, whole, headers }: Change) {
  const query = {
    preview: preview === true ? 'true' : undefined,
    force: force === true ? 'true' : undefined,
  };
  if (body !== undefined)
    return { query, json: JSON.stringify({ ...body, ...(reason !== undefined && { reason }) }) };
  if (reason !== undefined && !/^[\x20-\x7e]*$/.test(reason))
    throw new CliError('--reason: wanted ASCII here, since it goes into a header.', EXIT.usage);
  return {
    query,
    ...(whole !== undefined && { json: whole }),
    headers: { ...headers, ...(reason !== undefined && { 'headwater-reason': reason }) },
  };
}

function changeLines({ what, undo }: Change, answer: ChangeAnswer, preview: boolean): string[] {
  const { consequence, takesEffect } = answer;
  const paint = painter();
  const text = consequence === undefined ? [] : [harmless(consequence.text)];
  const shown = consequence?.loses === true ? text.map((line) => paint('red', line)) : text;
  if (preview) return [`Preview, nothing is changed: ${what}.`, ...shown];
  const back = undo?.(answer);
  return [
    `${paint('green', 'Done')}: ${what}.`,
    ...shown,
    ...(takesEffect === undefined ? [] : effectLines(takesEffect)),
    ...(back === undefined ? [] : [`Undo: headwater ${back}`]),
  ];
}

function effectLines({ originsMs, slower }: NonNullable<ChangeAnswer['takesEffect']>): string[] {
  const within = (ms: number | null) => (ms === null ? '    ? s' : `${(ms / 1000).toFixed(0).padStart(5)} s`);
  return [
    `Every origin acts by it within ${originsMs / 1000} s.${slower.length > 0 ? ' Slower:' : ''}`,
    ...slower.map(({ what, withinMs }) => `${within(withinMs)}  ${harmless(what)}`),
  ];
}
