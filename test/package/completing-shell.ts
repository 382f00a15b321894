import { execFileSync } from 'node:child_process';

/** What is typed into a shell that runs on a terminal; the last thing is a key that shows the line as it is then. */
const PREPARED: Readonly<Record<'bash' | 'zsh', { readonly start: string; readonly lines: string }>> = {
  bash: {
    start: 'bash --norc --noprofile -i',
    lines: `bind 'set show-all-if-ambiguous on'; bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0';
bind -x '"\\C-xs": echo "LINE<$READLINE_LINE>"; READLINE_LINE='; source <(headwater completion bash); PS1='> '`,
  },
  zsh: {
    start: 'zsh -f -i',
    lines: `bindkey '^I' complete-word; unset zle_bracketed_paste; LISTMAX=1000; PROMPT='> '; autoload -Uz compinit
show() { print -r -- "LINE<$BUFFER>"; zle kill-whole-line }; zle -N show; bindkey '^Xs' show
headwater completion zsh > _headwater; fpath=($PWD $fpath); compinit -u -D`,
  },
};

/** zsh's own terminal for another process: arguments are how to start it, what to type first, and a line to complete. */
const TYPED = `
zmodload zsh/zpty
zpty shell "stty -echo columns 120; exec $1"
zpty -w shell "$2; echo RE''ADY"
zpty -r shell said '*READY*'
zpty -w -n shell "$3"$'\\t\\C-xs'
zpty -r shell said '*LINE<*>*'
print -rn -- "$said"
zpty -d shell
`;

/** What a shell offers for the last word of a line, when Tab is pressed behind it. `headwater` is on its path. */
export function offered(
  shell: 'bash' | 'zsh' | 'fish',
  line: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): readonly string[] {
  if (shell === 'fish') {
    const script = 'headwater completion fish | source; complete -C"$argv"';
    const told = execFileSync('fish', ['--no-config', '-c', script, line], { ...options, encoding: 'utf8' });
    return told.split('\n').flatMap((row) => row.split('\t')[0]?.trim() || []);
  }
  const { start, lines } = PREPARED[shell];
  const said = execFileSync('zsh', ['-f', '-c', TYPED, 'typed', start, lines, line], {
    ...{ ...options, encoding: 'utf8', timeout: 60_000 },
  });
  // Without what steers the terminal.
  const text = said.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '\n').replace(/[\r\x07\x08]/g, '\n');
  const [, completed = ''] = /LINE<(.*)>/.exec(text) ?? [];
  // Where one alone fits it stands in the line.
  if (completed.trimEnd() !== line.trimEnd()) return [completed.trimEnd().split(' ').at(-1) ?? ''];
  return text
    .slice(0, text.indexOf('LINE<'))
    .split('\n')
    .filter((row) => !row.includes(line.trim()))
    .flatMap((row) => (row.includes(' -- ') ? row.split(' ').slice(0, 1) : row.split(/\s+/)))
    .filter((word) => /^-{0,2}[a-z][a-z-]+$/.test(word));
}
