import { nearest } from '../../../task/command/nearest.js';
import type { Problems } from '../problems.js';
import { entryOf, shown, type YamlEntry, type YamlMap, type YamlNode } from '../yaml-node.js';

/** What a file for runner says, read as far as its form goes. */
export interface RunnerFile {
  /** The commands, in their order. */
  readonly template: readonly YamlEntry[];
  readonly resource: readonly YamlNode[];
  readonly defaults: readonly YamlEntry[];
  readonly alias: readonly YamlEntry[];
  readonly pack: readonly YamlEntry[];
  readonly documents: readonly RunnerDocument[];
  readonly notes: readonly string[];
}

/** One document of choices: all combinations of them are run. */
export interface RunnerDocument {
  readonly at: number;
  readonly title: string | undefined;
  /** Names of commands, where it says which are run. */
  readonly commands: YamlEntry | undefined;
  readonly choices: readonly RunnerChoice[];
}

interface RunnerChoice {
  readonly name: string;
  readonly at: number;
  readonly values: readonly YamlNode[];
}

const keys = ['template', 'resource', 'default', 'alias', 'pack'];

/** Takes the documents of a file apart. What does not fit becomes a problem. */
export function readRunnerFile([config, ...others]: readonly YamlNode[], problems: Problems): RunnerFile {
  const parts = new Parts(config, problems);
  const file: RunnerFile = {
    template: parts.map('template'),
    resource: parts.resource(),
    defaults: parts.map('default'),
    alias: parts.map('alias'),
    pack: parts.map('pack'),
    documents: others.flatMap((each) => documentOf(each, problems) ?? []),
    notes: parts.notes(),
  };
  for (const { key, value } of file.template) {
    if (value.kind !== 'scalar' || typeof value.value !== 'string' || value.text.trim() === '') {
      problems.add(value.at, `the command "${key}" is a text, not ${shown(value)}`);
    }
  }
  if (others.length === 0)
    problems.add(
      config?.at ?? 0,
      'there is no document with choices after the first one; write "---" and then: lr: [0.1, 0.01]',
    );
  return file;
}

class Parts {
  readonly #config: YamlNode | undefined;
  readonly #problems: Problems;

  constructor(config: YamlNode | undefined, problems: Problems) {
    this.#config = config;
    this.#problems = problems;
  }

  map(key: string): readonly YamlEntry[] {
    const found = entryOf(this.#config, key);
    if (found?.value.kind === 'map') {
      if (key === 'template' && found.value.entries.length === 0)
        this.#problems.add(found.value.at, '"template" has no command');
      return found.value.entries;
    }
    const isNothing = !found || (found.value.kind === 'scalar' && found.value.value === null);
    if (!isNothing || (found && key === 'template'))
      this.#problems.add(found.value.at, `"${key}" takes keys and values, not ${shown(found.value)}`);
    return [];
  }

  resource(): readonly YamlNode[] {
    const found = entryOf(this.#config, 'resource');
    if (found?.value.kind === 'list' && found.value.items.length > 0) return found.value.items;
    const what = 'with an entry for each worker: resource: [0, 1, "2,3"]';
    if (found) this.#problems.add(found.value.at, `"resource" takes a list ${what}`);
    else this.#problems.add(this.#config?.at ?? 0, `the first document needs "resource", a list ${what}`);
    return [];
  }

  /** runner overlooks what it does not know. */
  notes(): string[] {
    const given = this.#config?.kind === 'map' ? this.#config.entries : [];
    return given.flatMap(({ key, keyNode }) => {
      if (keys.includes(key)) return [];
      const like = nearest(key, keys);
      const line = this.#problems.lineOf(keyNode.at);
      return `line ${line}: "${key}" has no effect${like === undefined ? '' : ` (did you mean "${like}"?)`}`;
    });
  }
}

function documentOf(node: YamlNode, problems: Problems): RunnerDocument | undefined {
  if (node.kind !== 'map') {
    problems.add(node.at, `a document has choices, as lr: [0.1, 0.01], not ${shown(node)}`);
    return undefined;
  }
  const title = entryOf(node, '_title')?.value;
  if (title && title.kind !== 'scalar') problems.add(title.at, `"_title" takes a text, not ${shown(title)}`);
  return {
    at: node.at,
    title: title?.kind === 'scalar' ? title.text : undefined,
    commands: entryOf(node, '_cmd'),
    choices: choicesOf(node, problems),
  };
}

function choicesOf({ entries }: YamlMap, problems: Problems): RunnerChoice[] {
  return entries.flatMap(({ key: name, keyNode, value }) => {
    if (name === '_title' || name === '_cmd') return [];
    if (value.kind === 'map') problems.add(value.at, `"${name}" takes a list of values, not keys and values`);
    return { name, at: keyNode.at, values: value.kind === 'list' ? value.items : [value] };
  });
}
