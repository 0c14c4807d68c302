import { OptionError } from '../../../base/errors.js';
import { nearest } from '../../../task/command/nearest.js';
import type { SweepSpec } from '../../run/spec.js';
import { Space } from '../../space/space.js';
import type { SpaceSpec, WrittenParams } from '../../space/space-spec.js';
import { recordOf } from '../make-plain.js';
import { checkTitles } from '../narrowed.js';
import type { Problems } from '../problems.js';
import type { LoadOptions } from '../sweep-file.js';
import { SweepFileError } from '../sweep-file-error.js';
import type { YamlNode } from '../yaml-node.js';
import { type PythonValue, pythonValue } from './python-value.js';
import { RunnerCases } from './runner-cases.js';
import { type RunnerDocument, type RunnerFile, readRunnerFile } from './runner-file.js';
import { RunnerFolders } from './runner-folders.js';
import { runnerGpus } from './runner-gpus.js';
import { type RunnerPoint, runnerPoints, Spellings } from './runner-points.js';
import { partOf, type RunnerCommand, runnerCommands, usesFlag } from './runner-templates.js';

interface RunnerOptions extends LoadOptions {
  readonly shown: string;
  readonly problems: Problems;
}

/** Where runner writes if it is not told. */
const defaultOutput = 'output';

/** The specification that a file for runner is. Throws what is wrong in it, all at once. */
export function runnerSpec(
  documents: readonly YamlNode[],
  options: RunnerOptions,
): { readonly spec: SweepSpec; readonly notes: readonly string[] } {
  const { problems } = options;
  const file = readRunnerFile(documents, problems);
  problems.throwIfAny();
  const reader = new RunnerReader(file, options);
  const spec = reader.spec();
  problems.throwIfAny();
  const { gpus, notes } = runnerGpus(file.resource.map((node) => pythonValue(node).text));
  return { spec: { ...spec, workers: { gpus } }, notes: [...file.notes, ...notes] };
}

interface Case {
  readonly given: PythonValue;
  readonly at: number;
  /** By a command that is run. */
  readonly isNeeded: boolean;
}

/** A document, with what is run for it. */
interface Part {
  readonly document: RunnerDocument;
  /** The commands that it is for. */
  readonly own: readonly RunnerCommand[];
  /** Those that are run now. */
  readonly commands: readonly RunnerCommand[];
  readonly points: readonly RunnerPoint[];
  readonly space: SpaceSpec;
}

class RunnerReader {
  readonly #file: RunnerFile;
  readonly #options: RunnerOptions;
  readonly #problems: Problems;
  readonly #commands: readonly RunnerCommand[];
  readonly #packs: readonly RunnerCases[];
  /** Those that give a flag other names. */
  readonly #aliases: readonly RunnerCases[];
  readonly #spellings = new Spellings();
  readonly #defaults: WrittenParams;

  constructor(file: RunnerFile, options: RunnerOptions) {
    const { problems } = options;
    this.#file = file;
    this.#options = options;
    this.#problems = problems;
    const isFlag = (name: string): boolean =>
      file.template.some(({ value }) => value.kind === 'scalar' && usesFlag(value.text, name));
    const isUsed = (name: string): boolean => this.#commands.some(({ needs }) => needs.includes(name));
    this.#commands = runnerCommands(file, problems);
    const aliases = file.alias.map((entry) => new RunnerCases(entry, { what: 'alias', problems }));
    this.#aliases = aliases.filter(({ name }) => isFlag(name));
    this.#packs = [
      ...file.pack.map((entry) => new RunnerCases(entry, { what: 'pack', problems })),
      ...aliases.filter(({ name, isList }) => !isList && !isUsed(name)), // what later versions call an alias
    ];
    this.#defaults = recordOf(
      file.defaults.map(({ key, value }) => [key, this.#spellings.of(key, pythonValue(value))]),
    );
  }

  spec(): SweepSpec {
    const all = this.#file.documents.map((document) => this.#partOf(document));
    this.#problems.throwIfAny();
    const folders = this.#foldersOf(all);
    const parts = this.#chosen(all).filter(({ points }) => points.length > 0);
    const declared = new Set(parts.flatMap(({ commands, own }) => [...commands, ...own]));
    const commands = this.#commands.filter((command) => declared.has(command));
    const spaces = parts.map(({ space, own }) => ({
      ...space,
      ...(own.length < commands.length && { only: own.map(({ name }) => name) }),
      ...(this.#options.samplePerSpace !== undefined && {
        sample: { count: Math.min(this.#options.samplePerSpace, differentIn(space)) },
      }),
    }));
    if (spaces.length === 0) this.#problems.add(0, 'no document has a choice to run');
    return {
      output: defaultOutput,
      commands: recordOf(commands.map(({ name, template }) => [name, template])),
      spaces,
      folders: ({ id }) => folders.of(id),
      ...(this.#options.only && { only: this.#options.only }),
    };
  }

  #partOf(document: RunnerDocument): Part {
    const own = this.#commandsOf(document);
    const commands = this.#chosenCommands() ?? own;
    const points = runnerPoints(document, { packs: this.#packs, spellings: this.#spellings, problems: this.#problems });
    const known = new Set([...points.flatMap(({ params }) => Object.keys(params)), ...Object.keys(this.#defaults)]);
    for (const { name, needs } of points.length > 0 ? commands : []) {
      const missing = needs.filter((each) => !known.has(each));
      if (missing.length === 0) continue;
      const what = missing.map((each) => `"${each}"`).join(' and ');
      const like = nearest(missing[0] ?? '', known);
      const hint = like === undefined ? '' : ` (did you mean "${like}"?)`;
      this.#problems.add(
        document.at,
        `the command "${name}" needs ${what}, which neither this document gives nor "default"${hint}`,
      );
    }
    const aliases = this.#aliasesOf(document, { commands, known });
    const space = { defaults: this.#defaults, points: points.map(({ params }) => params), ...(aliases && { aliases }) };
    return {
      document,
      own,
      commands,
      points,
      space: { ...space, ...(document.title !== undefined && { title: document.title }) },
    };
  }

  /** Those that the document names, else all. */
  #commandsOf({ commands: entry }: RunnerDocument): readonly RunnerCommand[] {
    const names = this.#commands.map(({ name }) => name);
    const nodes = entry?.value.kind === 'list' ? entry.value.items : entry ? [entry.value] : [];
    const own = nodes.map((node) => (node.kind === 'scalar' ? node.text : ''));
    for (const [i, name] of own.entries()) {
      if (names.includes(name)) continue;
      const like = nearest(name, names);
      const hint = like === undefined ? `; there are: ${names.join(', ')}` : ` (did you mean "${like}"?)`;
      this.#problems.add(nodes[i]?.at ?? 0, `there is no command "${name}"${hint}`);
    }
    return entry ? this.#commands.filter(({ name }) => own.includes(name)) : this.#commands;
  }

  /** Those of the options go before those of documents. */
  #chosenCommands(): readonly RunnerCommand[] | undefined {
    const { only, shown } = this.#options;
    const names = this.#commands.map(({ name }) => name);
    const unknown = only?.find((name) => !names.includes(name));
    if (unknown === undefined) return only && this.#commands.filter(({ name }) => only.includes(name));
    const like = nearest(unknown, names);
    const hint = like === undefined ? `The commands are: ${names.join(', ')}.` : `Did you mean "${like}"?`;
    throw new SweepFileError(shown, `there is no command "${unknown}" to select. ${hint}`);
  }

  /** For each value that occurs, what its alias sets: whichever commands are run, for it is a part of the point. */
  #aliasesOf(
    { choices, at }: RunnerDocument,
    { commands, known }: { readonly commands: readonly RunnerCommand[]; readonly known: ReadonlySet<string> },
  ): SpaceSpec['aliases'] {
    const aliases = this.#aliases.filter(({ name, isList }) => !isList && known.has(name));
    if (aliases.length === 0) return undefined;
    return recordOf(
      aliases.map((alias) => {
        const isNeeded = commands.some(({ needs }) => needs.includes(alias.name));
        const chosen = choices.find(({ name }) => name === alias.name)?.values ?? [];
        const byDefault = this.#file.defaults.filter(({ key }) => key === alias.name).map(({ value }) => value);
        const given = [...chosen, ...byDefault].map((node) => ({ given: pythonValue(node), at: node.at }));
        const all = [...given, ...alias.values.map((value) => ({ given: value, at }))];
        return [alias.name, recordOf(all.map((each) => [each.given.text, this.#setBy(alias, { ...each, isNeeded })]))];
      }),
    );
  }

  #setBy(alias: RunnerCases, { given, at, isNeeded }: Case): WrittenParams {
    if (!isNeeded && !alias.has(given)) return {};
    const set = [...alias.of(given, at)].map(([flag, value]) => [partOf(alias.name, flag), value] as const);
    return recordOf(set.map(([name, value]) => [name, this.#spellings.of(name, value)]));
  }

  /** Of the whole file, so that no choice of some documents gives another point the same folder. */
  #foldersOf(parts: readonly Part[]): RunnerFolders {
    const folders = new RunnerFolders();
    for (const { document, points, space } of parts) {
      if (points.length === 0) continue;
      try {
        const idOf = new Space(space).idMaker();
        for (const [i, { name, chosen }] of points.entries()) folders.add(idOf(i), name, chosen);
      } catch (error) {
        if (!(error instanceof OptionError)) throw error;
        this.#problems.add(document.at, error.message);
      }
    }
    return folders;
  }

  #chosen(parts: readonly Part[]): readonly Part[] {
    const { titles, shown } = this.#options;
    if (!titles) return parts;
    checkTitles(
      titles,
      parts.flatMap(({ document }) => document.title ?? []),
      shown,
    );
    return parts.filter(({ document: { title } }) => title !== undefined && titles.includes(title));
  }
}

function differentIn(space: SpaceSpec): number {
  const idOf = new Space(space).idMaker();
  return new Set((space.points ?? []).map((_, i) => idOf(i))).size;
}
