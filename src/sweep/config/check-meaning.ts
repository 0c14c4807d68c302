import { OptionError } from '../../base/errors.js';
import { checkTemplate, parseTemplate } from '../../task/command/template.js';
import { checkSpaces } from '../plan/check-spaces.js';
import { resolved } from '../run/resolved.js';
import type { SweepSpec } from '../run/spec.js';
import { Space } from '../space/space.js';
import { spaceKeys } from '../space/space-keys.js';
import type { SpaceSpec } from '../space/space-spec.js';
import type { Problems } from './problems.js';
import { entryOf, type YamlNode, type YamlScalar } from './yaml-node.js';

/** What the schema cannot know: expressions, lists that do not fit each other, commands that cannot be filled in. */
export function checkMeaning(spec: SweepSpec, document: YamlNode, problems: Problems): void {
  const check = new MeaningCheck(spec, document, problems);
  check.options();
  check.commands(check.spaces());
}

class MeaningCheck {
  readonly #spec: SweepSpec;
  readonly #document: YamlNode;
  readonly #problems: Problems;

  constructor(spec: SweepSpec, document: YamlNode, problems: Problems) {
    this.#spec = spec;
    this.#document = document;
    this.#problems = problems;
  }

  /** A file may leave to the command line what is done. */
  options(): void {
    const { task, commands } = this.#spec;
    this.#try(this.#document, () => {
      if (task !== undefined || commands !== undefined) resolved(this.#spec);
    });
  }

  /** The names of all parameters that a command may use; `undefined` where they are not known. */
  spaces(): ReadonlySet<string> | undefined {
    const { spaces: given, search } = this.#spec;
    if (search) return undefined;
    const listed = entryOf(this.#document, 'spaces')?.value;
    const nodes = listed?.kind === 'list' ? listed.items : [this.#document];
    const specs = given ?? [Object.fromEntries(spaceKeys.map((key) => [key, this.#spec[key]])) as SpaceSpec];
    const spaces = specs.map((each, i) => this.#try(nodes[i] ?? this.#document, () => new Space(each)));
    const found = spaces.filter((space) => space !== undefined);
    if (found.length < specs.length) return undefined;
    this.#try(listed ?? this.#document, () => checkSpaces(found));
    return new Set(found.flatMap(({ names }) => [...names]));
  }

  commands(names: ReadonlySet<string> | undefined): void {
    const { commands } = this.#spec;
    const node = entryOf(this.#document, 'commands')?.value;
    if (commands === undefined || !node) return;
    const all = typeof commands === 'string' ? [['', commands] as const] : Object.entries(commands);
    for (const [name, text] of all) {
      this.#try(entryOf(node, name)?.value ?? node, () => {
        const template = parseTemplate(text);
        if (names) checkTemplate(template, names);
      });
    }
  }

  #try<T>(node: YamlNode, check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      this.#problems.add(placeOf(error.message, node), error.message.replace(/\.$/, ''));
      return undefined;
    }
  }
}

/** Where that stands which a message quotes first; else what it is about as a whole. */
function placeOf(message: string, node: YamlNode): number {
  for (const [quoted] of message.matchAll(/"(?:[^"\\]|\\.)*"/g)) {
    const word = unquoted(quoted);
    const key = keyNode(node, word);
    if (key) return key.at;
    const scalar = textNode(node, word);
    if (scalar) return scalar.at + columnIn(message, scalar);
  }
  const section = spaceKeys.find((key) => message.toLowerCase().includes(key.replace(/s$/, '')) && entryOf(node, key));
  return (section && entryOf(node, section)?.keyNode.at) ?? node.at;
}

function unquoted(quoted: string): string {
  try {
    return JSON.parse(quoted) as string; // a string, by its quotes
  } catch {
    return quoted.slice(1, -1);
  }
}

/** Of an expression its own column is known. */
function columnIn(message: string, { isPlain }: YamlScalar): number {
  const [, column] = /^The expression .*, column (\d+): /.exec(message) ?? [];
  return column === undefined ? 0 : Number(column) - (isPlain ? 1 : 0);
}

function keyNode(node: YamlNode, key: string): YamlScalar | undefined {
  return entryOf(node, key)?.keyNode ?? firstOf(node, (below) => keyNode(below, key));
}

function textNode(node: YamlNode, text: string): YamlScalar | undefined {
  if (node.kind === 'scalar') return node.text === text ? node : undefined;
  return firstOf(node, (below) => textNode(below, text));
}

function firstOf<T>(node: YamlNode, look: (below: YamlNode) => T | undefined): T | undefined {
  if (node.kind === 'scalar') return undefined;
  const below = node.kind === 'list' ? node.items : node.entries.map(({ value }) => value);
  for (const each of below) {
    const found = look(each);
    if (found !== undefined) return found;
  }
  return undefined;
}
