import { OptionError } from '../../../base/errors.js';
import type { Value } from '../../../task/value.js';
import type { Evaluate, ExpressionOptions, Known } from './evaluation.js';
import { shown } from './operators.js';
import { Parser } from './parser.js';
import { Source } from './source.js';

/**
 * An expression over parameters, parsed once. It can only calculate: no assignment, no property of a prototype, no
 * function but its own. Whatever is wrong is an `OptionError` that names the column.
 */
export class Expression {
  readonly text: string;
  /** The parameters it speaks of. */
  readonly names: ReadonlySet<string>;
  readonly #evaluate: Evaluate;

  constructor(text: string, options: ExpressionOptions = {}) {
    if (typeof text !== 'string') throw new OptionError(`An expression is a string, not ${typeof text}.`);
    const parser = new Parser(new Source(text), options);
    this.text = text.trim();
    this.#evaluate = parser.parse();
    this.names = parser.names;
  }

  value(known: Known): Value {
    return this.#evaluate(known);
  }

  /** For rules and filters: anything but true and false is an error. */
  test(known: Known): boolean {
    const value = this.#evaluate(known);
    if (typeof value === 'boolean') return value;
    throw new OptionError(
      `The expression ${JSON.stringify(this.text)} is ${shown(value)} for ${shown(withoutAbsent(known))}. It has to be true or false: compare it with something.`,
    );
  }
}

function withoutAbsent(known: Known): Value {
  return Object.fromEntries(Object.entries(known).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}
