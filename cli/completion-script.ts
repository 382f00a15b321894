import type { Command, Option } from 'commander';
import { defaultCommandOf } from './default-command';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command as shells complete it. */
interface Node {
  /** Below the program, for example `mask add`; empty for the program itself. */
  readonly path: string;
  readonly about: string;
  readonly children: readonly Node[];
  readonly options: readonly CompletedOption[];
  /** What the first argument can be, where it is a choice. */
  readonly choices: readonly string[];
}

interface CompletedOption {
  readonly flag: string;
  readonly about: string;
  readonly takesValue: boolean;
  /** What the value can be; empty where it is free. */
  readonly choices: readonly string[];
}

/** A script for a shell to source, made of the commands. */
export function completionScript(shell: Shell, program: Command): string {
  const nodes = flat(nodeOf(program, []));
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](nodes);
}

function nodeOf(command: Command, path: readonly string[]): Node {
  const visible = command.createHelp().visibleCommands(command);
  // A group takes the options of the command that it runs when none is named.
  const options = [command, defaultCommandOf(command)].flatMap(
    (one) => one?.createHelp().visibleOptions(one) ?? [],
  );
  return {
    path: path.join(' '),
    about: command.description(),
    children: visible
      .filter((child) => child.name() !== 'help')
      .map((child) => nodeOf(child, [...path, child.name()])),
    options: options.flatMap(completed),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
}

function completed({ long, description, required, optional, argChoices = [] }: Option): CompletedOption[] {
  if (long === undefined) return [];
  return [{ flag: long, about: description, takesValue: required || optional, choices: argChoices }];
}

function flat(node: Node): readonly Node[] {
  return [node, ...node.children.flatMap(flat)];
}

function wordsOf({ path, children, options, choices }: Node): readonly string[] {
  const names = children.map((child) => child.path.slice(path === '' ? 0 : path.length + 1));
  return [...names, ...choices, ...options.map(({ flag }) => flag)];
}

/** Where in the tree the words before the cursor lead, in the dialect that bash and zsh share. */
function descent(nodes: readonly Node[]): string {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => `"${path}"`);
  return `case "\${at:+$at }$word" in\n      ${paths.join('|')}) at="\${at:+$at }$word" ;;\n    esac`;
}

/** `case` arms of the values that options of a command take. */
function valueArms(nodes: readonly Node[], act: (choices: readonly string[]) => string): string {
  return nodes
    .flatMap(({ path, options }) =>
      options
        .filter(({ takesValue }) => takesValue)
        .map(({ flag, choices }) => `    "${path} ${flag}") ${act(choices)} ;;`),
    )
    .join('\n');
}

function wordArms(nodes: readonly Node[]): string {
  return nodes.map((node) => `    "${node.path}") words="${wordsOf(node).join(' ')}" ;;`).join('\n');
}

function bashScript(nodes: readonly Node[]): string {
  const act = (choices: readonly string[]) =>
    choices.length > 0
      ? `COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return`
      : 'COMPREPLY=($(compgen -f -- "$current")); return';
  return `# headwater completion bash
_headwater() {
  local current="\${COMP_WORDS[COMP_CWORD]}" at="" word words="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    ${descent(nodes)}
  done
  case "$at \${COMP_WORDS[COMP_CWORD - 1]}" in
${valueArms(nodes, act)}
  esac
  case "$at" in
${wordArms(nodes)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _headwater headwater
`;
}

function zshScript(nodes: readonly Node[]): string {
  const act = (choices: readonly string[]) =>
    choices.length > 0 ? `compadd -- ${choices.join(' ')}; return` : '_files; return';
  return `#compdef headwater
# headwater completion zsh
_headwater() {
  local at="" word words_ i
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    ${descent(nodes)}
  done
  case "$at \${words[CURRENT - 1]}" in
${valueArms(nodes, act)}
  esac
  case "$at" in
${wordArms(nodes).replaceAll(' words="', ' words_="')}
  esac
  compadd -- \${=words_}
}
if [ "$funcstack[1]" = "_headwater" ]; then _headwater "$@"; else compdef _headwater headwater; fi
`;
}

function fishScript(nodes: readonly Node[]): string {
  return `# headwater completion fish
function __headwater_at
  set -l at
  for word in (commandline -opc)[2..]
    switch "$at $word"
      case ${nodes
        .filter(({ path }) => path !== '')
        .map(fishPath)
        .join(' ')}
        set -a at $word
    end
  end
  test "$at" = "$argv"
end
complete -c headwater -e
${nodes.flatMap(fishLines).join('\n')}
`;
}

/** As \`"$at $word"\` has it: with a space in front where nothing came before. */
function fishPath({ path }: Node): string {
  return path.includes(' ') ? `'${path}'` : `' ${path}'`;
}

function fishLines({ path, children, options, choices }: Node): string[] {
  const at = `complete -c headwater -n '__headwater_at ${path}'`;
  const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
  return [
    ...children.map((child) => {
      const name = child.path.slice(path === '' ? 0 : path.length + 1);
      return `${at} -f -a ${name} -d ${quoted(child.about)}`;
    }),
    ...(choices.length > 0 ? [`${at} -f -a '${choices.join(' ')}'`] : []),
    ...options.map(({ flag, about, takesValue, choices: values }) => {
      const value = takesValue ? (values.length > 0 ? ` -x -a '${values.join(' ')}'` : ' -r') : '';
      return `${at} -l ${flag.slice(2)}${value} -d ${quoted(about)}`;
    }),
  ];
}
