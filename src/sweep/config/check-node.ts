import { nearest } from '../../task/command/nearest.js';
import { branchFor, flat, isOfType } from './branch.js';
import { expected } from './expected.js';
import type { Problems } from './problems.js';
import { type JsonType, lookedUp, type Schema } from './schema.js';
import { shown, type YamlList, type YamlMap, type YamlNode, type YamlScalar } from './yaml-node.js';

export interface CheckOptions {
  readonly problems: Problems;
  /** Told of every node that one of the definitions is for. */
  onNamed(name: string, node: YamlNode): void;
}

/** Checks a document by the schema. What does not fit becomes a problem at its own place; the rest is looked at all the same. */
export function checkNode(node: YamlNode, schema: Schema, options: CheckOptions): void {
  new Checker(options).check(node, schema, 'The file');
}

class Checker {
  readonly #options: CheckOptions;

  constructor(options: CheckOptions) {
    this.#options = options;
  }

  /** `what`: how the node is called in messages. */
  check(node: YamlNode, given: Schema, what: string): void {
    const { schema, name } = lookedUp(given);
    if (name !== undefined) this.#options.onNamed(name, node);
    if (schema.anyOf) return this.#oneOf(node, given, what);
    const isRight = node.kind === 'scalar' ? isFitting(node, schema) : isKind(node, schema);
    if (!isRight) return this.#refuse(node, given, what);
    if (node.kind === 'map') this.#map(node, schema, what);
    if (node.kind === 'list') this.#list(node, schema, what);
  }

  #oneOf(node: YamlNode, given: Schema, what: string): void {
    const forms = lookedUp(given).schema.anyOf ?? [];
    const form = branchFor(forms, node);
    if (form) this.check(node, form, what);
    else if (node.kind === 'map') this.#refuseForms(node, forms, { given, what });
    else this.#refuse(node, given, what);
  }

  /** Keys and values, but of none of the forms that there are. */
  #refuseForms(node: YamlMap, forms: readonly Schema[], { given, what }: { given: Schema; what: string }): void {
    const objects = flat(forms)
      .map((form) => lookedUp(form).schema)
      .filter(({ type }) => type === 'object');
    const first = node.entries[0];
    if (objects.length === 0) return this.#refuse(node, given, what);
    const ways = objects.map(({ required = [] }) => required.join(' and ')).join(', or ');
    const like =
      first &&
      nearest(
        first.key,
        objects.flatMap(({ required = [] }) => required),
      );
    const hint = like === undefined ? '' : ` (did you mean "${like}"?)`;
    this.#options.problems.add(first?.keyNode.at ?? node.at, `${what} has none of: ${ways}${hint}`);
  }

  #map(node: YamlMap, schema: Schema, what: string): void {
    const { problems } = this.#options;
    const { properties = {}, additionalProperties, required = [], minProperties = 0 } = schema;
    for (const { key, keyNode, value } of node.entries) {
      const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
      const below = own ?? additionalProperties;
      if (below) this.check(value, below, `"${key}"`);
      else if (below === false) problems.add(keyNode.at, unknownKey(key, Object.keys(properties), what));
    }
    const missing = required.filter((key) => !node.entries.some((entry) => entry.key === key));
    if (missing.length > 0) problems.add(node.at, `${what} needs ${missing.map((key) => `"${key}"`).join(' and ')}`);
    if (node.entries.length < minProperties) problems.add(node.at, `${what} is empty; give at least one`);
  }

  #list(node: YamlList, { items, minItems = 0 }: Schema, what: string): void {
    if (node.items.length < minItems) this.#options.problems.add(node.at, `${what} is empty; give at least one`);
    if (items) for (const item of node.items) this.check(item, items, `an item of ${what}`);
  }

  #refuse(node: YamlNode, given: Schema, what: string): void {
    this.#options.problems.add(
      node.at,
      `${what} takes ${expected(given)}, not ${shown(node)}${adviceFor(node, given)}`,
    );
  }
}

function isKind(node: YamlNode, { type, enum: words, const: word }: Schema): boolean {
  if (words || word !== undefined) return false;
  return type === undefined || [type].flat().some((each) => isOfType(node, each as JsonType));
}

function isFitting(node: YamlScalar, schema: Schema): boolean {
  const { value } = node;
  if (schema.enum) return (schema.enum as readonly unknown[]).includes(value);
  if (schema.const !== undefined) return value === schema.const;
  if (!isKind(node, schema)) return false;
  if (typeof value === 'string') {
    return (
      value.length >= (schema.minLength ?? 0) &&
      (schema.pattern === undefined || new RegExp(schema.pattern).test(value))
    );
  }
  if (typeof value !== 'number') return true;
  const { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity } = schema;
  return Number.isFinite(value) && value >= minimum && value > exclusiveMinimum && value <= maximum;
}

function unknownKey(key: string, keys: readonly string[], what: string): string {
  const like = nearest(key, keys);
  const where = what === 'The file' ? '' : ` in ${what}`;
  if (like !== undefined) return `unknown key "${key}"${where} (did you mean "${like}"?)`;
  return `unknown key "${key}"${where}; there are: ${keys.filter((each) => !each.startsWith('$')).join(', ')}`;
}

function adviceFor(node: YamlNode, given: Schema): string {
  if (node.kind !== 'scalar') return '';
  const { schema } = lookedUp(given);
  const { type } = schema;
  if (type === 'string' && (typeof node.value === 'number' || typeof node.value === 'boolean'))
    return '; put it in quotes';
  if (type === 'boolean' && /^(yes|no|on|off)$/i.test(node.text)) return '; in YAML 1.2 that is a word';
  const words = schema.enum?.map(String) ?? [];
  const like = typeof node.value === 'string' ? nearest(node.value, words) : undefined;
  return like === undefined ? '' : ` (did you mean "${like}"?)`;
}
