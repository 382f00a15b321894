import { Argument, Command } from 'commander';
import { completionScript, SHELLS, type Shell } from './completion-script';
import { helpText } from './help-text';

const EXAMPLES = `
Examples:
  $ source <(headwater completion bash)
      In this shell; in ~/.bashrc for all
  $ headwater completion zsh > "\${fpath[1]}/_headwater"
  $ headwater completion fish > ~/.config/fish/completions/headwater.fish
`;

/** `headwater completion SHELL`: made of the commands themselves. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Print what makes a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .addHelpText('after', helpText(EXAMPLES))
    .action((shell: Shell, _: object, command: Command) => {
      const program = command.parent;
      if (program !== null) process.stdout.write(completionScript(shell, program));
    });
}
