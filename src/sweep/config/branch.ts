import { type JsonType, lookedUp, type Schema } from './schema.js';
import type { YamlNode } from './yaml-node.js';

/** Of several forms, the one that a node is meant to have; `undefined` where it has the shape of none. */
export function branchFor(forms: readonly Schema[], node: YamlNode): Schema | undefined {
  const possible = flat(forms).filter((form) => hasShape(node, lookedUp(form).schema));
  if (possible.length < 2 || node.kind !== 'map') return possible[0];
  return possible.find((form) => (lookedUp(form).schema.required ?? []).some((key) => has(node, key)));
}

/** All forms, also those of forms that are several themselves. */
export function flat(forms: readonly Schema[]): readonly Schema[] {
  return forms.flatMap((form) => {
    const { anyOf } = lookedUp(form).schema;
    return anyOf ? flat(anyOf) : [form];
  });
}

/** Whether its kind is right, whatever is in it. */
function hasShape(node: YamlNode, schema: Schema): boolean {
  if (schema.enum) return node.kind === 'scalar' && (schema.enum as readonly unknown[]).includes(node.value);
  if (schema.const !== undefined) return node.kind === 'scalar' && node.value === schema.const;
  return schema.type === undefined || [schema.type].flat().some((type) => isOfType(node, type as JsonType));
}

export function isOfType(node: YamlNode, type: JsonType): boolean {
  if (node.kind !== 'scalar') return type === (node.kind === 'list' ? 'array' : 'object');
  const { value } = node;
  switch (type) {
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'array':
    case 'object':
      return false;
    default:
      return typeof value === type;
  }
}

function has(node: YamlNode, key: string): boolean {
  return node.kind === 'map' && node.entries.some((entry) => entry.key === key);
}
