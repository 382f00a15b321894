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
  /** An argument is a file. */
  readonly takesFile: boolean;
}

/** Arguments that are files, as commands name them. */
const FILE_ARGUMENTS = ['file', 'source'];

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
    takesFile: command.registeredArguments.some((argument) => FILE_ARGUMENTS.includes(argument.name())),
  };
}

function completed({ long, description, required, optional, argChoices = [] }: Option): CompletedOption[] {
  if (long === undefined) return [];
  return [{ flag: long, about: description, takesValue: required || optional, choices: argChoices }];
}

function flat(node: Node): readonly Node[] {
  return [node, ...node.children.flatMap(flat)];
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

/** What can stand where no flag was begun. */
function namesOf({ children, choices }: Node): readonly string[] {
  return [...children.map(nameOf), ...choices];
}

/** Of a command that takes names of others, flags are all that can be told; files are the shell's own. */
function bashArm(node: Node): string {
  const flags = node.options.map(({ flag }) => flag);
  const names = namesOf(node);
  const offered = names.length > 0 || node.takesFile ? names : flags;
  return `    "${node.path}") names="${offered.join(' ')}"; flags="${flags.join(' ')}" ;;`;
}

function bashScript(nodes: readonly Node[]): string {
  const act = (choices: readonly string[]) =>
    choices.length > 0
      ? `COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return`
      : 'COMPREPLY=($(compgen -f -- "$current")); return';
  return `# headwater completion bash
_headwater() {
  local current="\${COMP_WORDS[COMP_CWORD]}" at="" word names="" flags="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    ${descent(nodes)}
  done
  case "$at \${COMP_WORDS[COMP_CWORD - 1]}" in
${valueArms(nodes, act)}
  esac
  case "$at" in
${nodes.map(bashArm).join('\n')}
  esac
  [[ "$current" == -* ]] && names="$flags"
  COMPREPLY=($(compgen -W "$names" -- "$current"))
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
  local at="" word files="" i
  local -a names flags
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    ${descent(nodes)}
  done
  case "$at \${words[CURRENT - 1]}" in
${valueArms(nodes, act)}
  esac
  case "$at" in
${nodes.map(zshArm).join('\n')}
  esac
  if [[ "$PREFIX" != -* ]] && (( $#names )); then _describe argument names
  elif [[ "$PREFIX" != -* && -n "$files" ]]; then _files
  else _describe -o option flags; fi
}
if [ "$funcstack[1]" = "_headwater" ]; then _headwater "$@"; else compdef _headwater headwater; fi
`;
}

/** What can stand at a place, each with what it does. */
function zshArm({ path, children, choices, options, takesFile }: Node): string {
  const item = (name: string, about: string) => quoted(about === '' ? name : `${name}:${about}`, "'\\''");
  const names = [
    ...children.map((child) => item(nameOf(child), child.about)),
    ...choices.map((choice) => item(choice, '')),
  ];
  const flags = options.map(({ flag, about }) => item(flag, about));
  const files = takesFile ? ' files=1;' : '';
  return `    "${path}") names=(${names.join(' ')}); flags=(${flags.join(' ')});${files} ;;`;
}

/** In single quotes. @param quote how the shell writes such a quote in them */
function quoted(text: string, quote: string): string {
  return `'${text.replaceAll("'", quote)}'`;
}

function nameOf({ path }: Node): string {
  return path.slice(path.lastIndexOf(' ') + 1);
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
  const said = (text: string) => quoted(text.replaceAll('\\', '\\\\'), "\\'");
  return [
    ...children.map((child) => `${at} -f -a ${nameOf(child)} -d ${said(child.about)}`),
    ...(choices.length > 0 ? [`${at} -f -a '${choices.join(' ')}'`] : []),
    ...options.map(({ flag, about, takesValue, choices: values }) => {
      const value = takesValue ? (values.length > 0 ? ` -x -a '${values.join(' ')}'` : ' -r') : '';
      return `${at} -l ${flag.slice(2)}${value} -d ${said(about)}`;
    }),
  ];
}
