import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  type Pair,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Problems } from './problems.js';
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from './yaml-node.js';

const nodesMax = 2_000_000;
const depthMax = 100;
const coreTag = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|merge)$/;

/** All documents of a file, the empty ones left out. What is no YAML becomes a problem, with its place. */
export function readYaml(text: string, problems: Problems): YamlNode[] {
  const parsed = parseAllDocuments(text, { merge: true, uniqueKeys: false, prettyErrors: false });
  const documents: Document[] = Array.isArray(parsed) ? parsed : [];
  return documents.flatMap((document) => {
    for (const { pos, message, code } of [...document.errors, ...document.warnings]) {
      problems.add(pos[0], toldOf(code, message));
    }
    if (document.errors.length > 0 || !isNode(document.contents)) return [];
    return [new Reader(document, problems).node(document.contents as ParsedNode)];
  });
}

function toldOf(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'a tab cannot indent in YAML; use blanks';
  if (code === 'BAD_SCALAR_START') return `${lowered(message)}; put it in quotes`;
  return `this is no YAML: ${lowered(message)}`;
}

function lowered(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** Makes plain nodes of one document; anchors and merged keys are put in where they are referred to. */
class Reader {
  readonly #document: Document;
  readonly #problems: Problems;
  readonly #within: ParsedNode[] = [];
  #count = 0;

  constructor(document: Document, problems: Problems) {
    this.#document = document;
    this.#problems = problems;
  }

  node(given: ParsedNode | Alias.Parsed | null, at = 0): YamlNode {
    if (!given) return nothingAt(at);
    const start = given.range[0];
    if (isAlias(given)) return this.#referred(given);
    if (++this.#count > nodesMax || this.#within.length > depthMax) {
      if (this.#count <= nodesMax + 1) this.#problems.add(start, 'this is too much for one file, or nested too deep');
      return nothingAt(start);
    }
    this.#checkTag(given);
    if (isScalar(given)) return this.#scalar(given);
    this.#within.push(given);
    const made = isMap(given)
      ? this.#map(given as YAMLMap.Parsed)
      : {
          kind: 'list' as const,
          at: start,
          items: (given as YAMLSeq.Parsed).items.map((item) => this.node(item as ParsedNode, start)),
        };
    this.#within.pop();
    return made;
  }

  #scalar(given: Scalar.Parsed): YamlScalar {
    const { value, source, range, type, tag } = given;
    const at = range[0];
    const isPlain = type === 'PLAIN' && tag === undefined;
    const text = typeof value === 'string' ? value : source;
    if (typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'string') {
      return { kind: 'scalar', at, value: null, text: source, isPlain };
    }
    return { kind: 'scalar', at, value, text, isPlain };
  }

  #map(given: YAMLMap.Parsed): YamlMap {
    const own: YamlEntry[] = [];
    const merged: YamlEntry[] = [];
    for (const pair of given.items as Pair<ParsedNode, ParsedNode | null>[]) {
      const { key, value } = pair;
      if (isScalar(key) && typeof key.value === 'symbol') {
        merged.push(...this.#mergedOf(this.node(value, key.range[0])));
        continue;
      }
      const keyNode = this.node(key);
      const at = key ? (key.range[2] ?? keyNode.at) : keyNode.at;
      if (keyNode.kind !== 'scalar') this.#problems.add(keyNode.at, 'a key is a word or a number here');
      else this.#addOwn(own, { key: keyNode.text, keyNode, value: this.node(value, at) });
    }
    const names = new Set(own.map(({ key }) => key));
    const more = merged.filter(({ key }, i) => !names.has(key) && merged.findIndex((other) => other.key === key) === i);
    return { kind: 'map', at: given.range[0], entries: [...more, ...own] };
  }

  #addOwn(own: YamlEntry[], entry: YamlEntry): void {
    const before = own.find(({ key }) => key === entry.key);
    if (!before) return void own.push(entry);
    const line = this.#problems.lineOf(before.keyNode.at);
    this.#problems.add(entry.keyNode.at, `the key "${entry.key}" is there already, in line ${line}`);
  }

  #mergedOf(node: YamlNode): readonly YamlEntry[] {
    if (node.kind === 'map') return node.entries;
    if (node.kind === 'list') return node.items.flatMap((item) => this.#mergedOf(item));
    this.#problems.add(node.at, '<< takes what an anchor stands for: <<: *name');
    return [];
  }

  #referred(alias: Alias.Parsed): YamlNode {
    const found = alias.resolve(this.#document);
    const isWithin = this.#within.includes(found as ParsedNode);
    if (found && !isWithin) return this.node(found as ParsedNode);
    const what = isWithin
      ? 'this would contain itself'
      : `there is no anchor &${alias.source} before this; a word that begins with * goes in quotes`;
    this.#problems.add(alias.range[0], what);
    return nothingAt(alias.range[0]);
  }

  #checkTag(given: ParsedNode): void {
    const tag = isScalar(given) || isCollection(given) ? given.tag : undefined;
    if (tag !== undefined && !coreTag.test(tag))
      this.#problems.add(given.range[0], `the tag ${tag} means nothing here`);
  }
}

function nothingAt(at: number): YamlScalar {
  return { kind: 'scalar', at, value: null, text: '', isPlain: true };
}
