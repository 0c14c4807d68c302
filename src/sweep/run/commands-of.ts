import { OptionError } from '../../base/errors.js';
import type { SweepSpec } from './spec.js';

/** The commands that are to be run, in their order. */
export function commandsOf(spec: SweepSpec): { readonly name: string; readonly template: string }[] {
  const { only } = spec;
  const all = declaredCommands(spec);
  const names = Object.keys(all);
  if (names.length === 0) throw new OptionError('"commands" is empty: give at least one.');
  const wanted = only === undefined ? names : [only].flat();
  if (wanted.length === 0) throw new OptionError(`"only" is empty: name some of the commands, ${names.join(', ')}.`);
  const unknown = wanted.find((name) => !Object.hasOwn(all, name));
  if (unknown !== undefined) {
    throw new OptionError(`There is no command "${unknown}" to select. The commands are: ${names.join(', ')}.`);
  }
  return Object.entries(all)
    .filter(([name]) => wanted.includes(name))
    .map(([name, template]) => ({ name, template }));
}

/** All of them, also those that are not selected: their templates by their names. */
export function declaredCommands({ commands = {} }: SweepSpec): Readonly<Record<string, string>> {
  return typeof commands === 'string' ? { command: commands } : commands;
}
