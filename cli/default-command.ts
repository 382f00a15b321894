import type { Command } from 'commander';

const DEFAULTS = new WeakMap<Command, Command>();

/** Adds the command that a group runs when none is named; commander keeps to itself which one that is. */
export function addDefaultCommand(group: Command, command: Command): Command {
  DEFAULTS.set(group, command);
  return group.addCommand(command, { isDefault: true });
}

export function defaultCommandOf(group: Command): Command | undefined {
  return DEFAULTS.get(group);
}
