import type { Value } from '../../task/value.js';
import { type Sourced, sourced } from '../space/sourced.js';
import type { Written, WrittenParams } from '../space/space-spec.js';
import { recordOf } from './make-plain.js';
import type { Problems } from './problems.js';
import type { YamlNode } from './yaml-node.js';

/** Values of a sweep, as its file writes them: `1e-4` is 0.0001 for a function, and `1e-4` in a command. */
export class WrittenValues {
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  one(node: YamlNode): Written {
    const value = this.#value(node);
    return node.kind === 'scalar' ? withText(value, node.text) : value;
  }

  /** One value stands for a list of one. */
  list(node: YamlNode): readonly Written[] {
    return node.kind === 'list' ? node.items.map((item) => this.one(item)) : [this.one(node)];
  }

  params(node: YamlNode): WrittenParams {
    return node.kind === 'map' ? recordOf(node.entries.map(({ key, value }) => [key, this.one(value)])) : {};
  }

  #value(node: YamlNode): Value {
    if (node.kind === 'list') return node.items.map((item) => this.#value(item));
    if (node.kind === 'map') return recordOf(node.entries.map(({ key, value }) => [key, this.#value(value)]));
    if (typeof node.value === 'number') this.#checkNumber(node.value, node);
    return node.value;
  }

  #checkNumber(value: number, { at, text }: Extract<YamlNode, { kind: 'scalar' }>): void {
    if (!Number.isFinite(value))
      this.#problems.add(at, `${text} is no number that can be counted with; put it in quotes`);
    else if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(text)) {
      this.#problems.add(at, `${text} has more digits than a number can hold; put it in quotes`);
    }
  }
}

/** With the text it was written as, where that is not how it would be shown anyway. */
export function withText(value: Value, text: string): Value | Sourced {
  return typeof value === 'string' || value === null || String(value) === text ? value : sourced(value, text);
}
