import { Command as CommanderCommand, CommanderError, Option } from 'commander';
import { UsageError } from '../command-line.js';
import type { Command, Flag } from './command.js';
import { Given } from './given.js';

/** What a command line asks for: a command, or a text to be printed. */
export type Parsed =
  | { readonly command: Command; readonly given: Given }
  | { readonly text: string; readonly isMistake: boolean };

export interface ParserOptions {
  readonly version: string;
  readonly more: string;
}

/** Reads a command line, without what starts it. Throws a `UsageError` where it cannot be understood. */
export function parsed(
  words: readonly string[],
  commands: readonly Command[],
  { version, more }: ParserOptions,
): Parsed {
  const at = words.indexOf('--');
  const before = at < 0 ? words : words.slice(0, at);
  const rest = at < 0 ? undefined : words.slice(at + 1);
  let found: Parsed | undefined;
  let text = '';
  let problem = '';
  const program = quiet(
    new CommanderCommand('pyw-sweep'),
    (out) => (text += out),
    (error) => (problem += error),
  )
    .description('Runs parameter sweeps, and tells what came of them.')
    .version(version, '-V, --version', 'prints the version')
    .addHelpText('after', more)
    .helpCommand(true);
  for (const command of commands) {
    const sub = addTo(program, command);
    sub.action(() => {
      if (rest && !command.takesRest) throw new UsageError(`${command.name} takes nothing behind --`);
      found = { command, given: new Given(sub.args, valuesOf(sub), rest) };
    });
  }
  const [first, about = ''] = before;
  if (first === 'help' && about !== '' && !commands.some(({ name }) => name === about)) {
    throw new UsageError(`there is no command '${about}'; pyw-sweep help tells which there are`);
  }
  if (before.length === 0) return { text: program.helpInformation(), isMistake: true };
  try {
    program.parse(before, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError((problem || text || error.message).replace(/^error: /, '').trim());
  }
  return found ?? { text, isMistake: false };
}

function addTo(program: CommanderCommand, { name, summary, args, flags, more }: Command): CommanderCommand {
  const sub = program.command(args ? `${name} ${args}` : name).description(summary);
  sub.allowExcessArguments(false);
  for (const flag of flags) sub.addOption(optionOf(flag));
  if (more) sub.addHelpText('after', `\n${more}`);
  return sub;
}

function optionOf({ flags, about, choices, isRepeated, isCounted }: Flag): Option {
  const option = new Option(flags, about);
  if (choices) option.choices(choices);
  if (isRepeated) option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
  if (isCounted) option.argParser((_: unknown, before: number = 0) => before + 1);
  return option;
}

/** By the names as they are written. `--no-subdir` is set when commander says that `subdir` is not. */
function valuesOf(command: CommanderCommand): ReadonlyMap<string, unknown> {
  const values = command.opts<Record<string, unknown>>();
  return new Map(
    command.options.map((option) => {
      const value = values[option.attributeName()];
      return [option.long?.replace(/^--/, '') ?? option.name(), option.negate ? value === false : value];
    }),
  );
}

function quiet(
  program: CommanderCommand,
  out: (text: string) => void,
  error: (text: string) => void,
): CommanderCommand {
  return program
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: error, outputError: (text, write) => write(text) });
}
