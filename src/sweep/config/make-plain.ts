import { branchFor } from './branch.js';
import { lookedUp, type Schema } from './schema.js';
import type { YamlNode } from './yaml-node.js';

/** What becomes of nodes that a definition is for, by its name. */
export type Makers = Readonly<Record<string, (node: YamlNode) => unknown>>;

/** A document that fits the schema as plain data; where a maker is named for a definition, it makes it. */
export function makePlain(node: YamlNode, given: Schema, makers: Makers): unknown {
  const { schema, name } = lookedUp(given);
  const make = name === undefined || !Object.hasOwn(makers, name) ? undefined : makers[name];
  if (make) return make(node);
  const form = schema.anyOf && branchFor(schema.anyOf, node);
  if (form) return makePlain(node, form, makers);
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map((item) => makePlain(item, schema.items ?? {}, makers));
    case 'map':
      return recordOf(
        node.entries.map(({ key, value }) => {
          const own = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined;
          return [key, makePlain(value, own ?? (schema.additionalProperties || {}), makers)];
        }),
      );
    default:
      return node satisfies never;
  }
}

/** Its keys in their order, `__proto__` as a key like any other, so that it is refused where names are checked. */
export function recordOf<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const record: Record<string, T> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return record;
}
