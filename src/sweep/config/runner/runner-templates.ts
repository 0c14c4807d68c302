import { OptionError } from '../../../base/errors.js';
import { parseTemplate } from '../../../task/command/template.js';
import type { Problems } from '../problems.js';
import type { YamlNode } from '../yaml-node.js';
import { pythonValue } from './python-value.js';
import type { RunnerFile } from './runner-file.js';

/** A command, in this library's words. */
export interface RunnerCommand {
  readonly name: string;
  readonly template: string;
  /** What has to be known for it: `{…}` always, `[…]` as well. */
  readonly needs: readonly string[];
  readonly at: number;
}

/** The parameter that holds what an alias sets for a flag. */
export function partOf(alias: string, flag: string): string {
  return `${alias}.${flag}`;
}

/**
 * The commands of a file. `[dim]` of which there is an alias becomes its flags: `[encoder-dim=dim] [decoder-dim=dim]` where
 * they all have its value, `[layers=size.layers]` where each case of it has values of its own.
 */
export function runnerCommands(file: RunnerFile, problems: Problems): RunnerCommand[] {
  return file.template.flatMap(({ key: name, value }) => {
    if (value.kind !== 'scalar') return [];
    const written = value.text;
    try {
      const own = parseTemplate(inOurWords(written, new Map()));
      for (const { key: packed } of file.pack) {
        if (own.names.includes(packed))
          problems.add(
            value.at,
            `the command "${name}" uses "${packed}", but what it is packed of is put in, not itself`,
          );
      }
      return { name, template: inOurWords(written, flagsOf(file)), needs: own.names, at: value.at };
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      problems.add(value.at, `the command "${name}": ${error.message}`);
      return [];
    }
  });
}

/** Whether a command has `[name]`. */
export function usesFlag(written: string, name: string): boolean {
  return flagPattern(name).test(written);
}

/** By alias: what stands for its flag. */
function flagsOf({ alias }: RunnerFile): ReadonlyMap<string, string> {
  return new Map(
    alias.map(({ key, value }) => [key, value.kind === 'list' ? listed(key, value.items) : mapped(key, value)]),
  );
}

function listed(alias: string, flags: readonly YamlNode[]): string {
  return flags.map((flag) => (flag.kind === 'scalar' ? `[${flag.text}=${alias}]` : '')).join(' ');
}

/** Those that are true or false come first, as runner has them. */
function mapped(alias: string, cases: YamlNode): string {
  const all =
    cases.kind === 'map' ? cases.entries.flatMap(({ value }) => (value.kind === 'map' ? value.entries : [])) : [];
  const names = [...new Set(all.map(({ key }) => key))];
  const isSwitch = (name: string): boolean =>
    all.filter(({ key }) => key === name).every(({ value }) => pythonValue(value).type === 'boolean');
  const ordered = [...names.filter(isSwitch), ...names.filter((name) => !isSwitch(name))];
  return ordered.map((name) => `[${name}=${partOf(alias, name)}]`).join(' ');
}

function inOurWords(written: string, flags: ReadonlyMap<string, string>): string {
  let text = written.replaceAll('{_datetime}', '{_time}');
  for (const [name, instead] of flags) text = text.replaceAll(flagPattern(name), instead);
  return text;
}

function flagPattern(name: string): RegExp {
  return new RegExp(`(?<!\\[)\\[${name.replaceAll(/[.*+?^$()|[\]\\{}]/g, '\\$&')}\\](?!\\])`, 'g');
}
