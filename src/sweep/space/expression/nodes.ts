import type { Value } from '../../../task/value.js';
import { isList } from '../canonical.js';
import type { Evaluate, Known } from './evaluation.js';
import { functions } from './functions.js';
import { OperandProblem, operationOf, shown } from './operators.js';
import type { Source } from './source.js';

/** Makes the parts of an expression: each calculates, or fails with the column it stands in. */
export class Nodes {
  readonly #source: Source;
  readonly #overlooksAbsent: boolean;

  constructor(source: Source, { overlooksAbsent }: { readonly overlooksAbsent: boolean }) {
    this.#source = source;
    this.#overlooksAbsent = overlooksAbsent;
  }

  operation(sign: string, column: number, [left, right]: readonly [Evaluate, Evaluate]): Evaluate {
    const operation = operationOf(sign);
    const isCareful = this.#overlooksAbsent && sign !== '==' && sign !== '!=' && sign !== 'in';
    const ofNull = /[<>]/.test(sign) ? false : null;
    return (known) => {
      const [a, b] = [left(known), right(known)];
      if (isCareful && (a === null || b === null)) return ofNull;
      return this.#sound(operation(a, b), column);
    };
  }

  /** `&&` and `||`: the right side is left alone where the left one decides. */
  choice(sign: '&&' | '||', column: number, [left, right]: readonly [Evaluate, Evaluate]): Evaluate {
    const decided = sign === '||';
    return (known) => {
      if (this.#truth(left(known), { column, sign }) === decided) return decided;
      return this.#truth(right(known), { column, sign });
    };
  }

  not(operand: Evaluate, column: number): Evaluate {
    return (known) => !this.#truth(operand(known), { column, sign: '!' });
  }

  negative(operand: Evaluate, column: number): Evaluate {
    return (known) => {
      const value = operand(known);
      if (typeof value === 'number') return value === 0 ? 0 : -value;
      if (this.#overlooksAbsent && value === null) return null;
      return this.#source.fail(column, `"-" takes a number, not ${shown(value)}.`);
    };
  }

  conditional(test: Evaluate, column: number, [yes, no]: readonly [Evaluate, Evaluate]): Evaluate {
    return (known) => (this.#truth(test(known), { column, sign: '?' }) ? yes(known) : no(known));
  }

  call(name: string, column: number, args: readonly Evaluate[]): Evaluate {
    const named = functions.get(name);
    if (!named) {
      return this.#source.fail(
        column,
        `There is no function "${name}". There are: ${[...functions.keys()].join(', ')}.`,
      );
    }
    const { takes, call } = named;
    if (args.length < takes.min || args.length > takes.max) {
      const count = takes.min === takes.max ? `${takes.min}` : `${takes.min} to ${takes.max}`;
      this.#source.fail(column, `${name}() takes ${count} arguments, not ${args.length}.`);
    }
    return (known) => {
      const values = args.map((each) => each(known));
      if (this.#overlooksAbsent && values.includes(null)) return null;
      return this.#sound(call(values), column);
    };
  }

  /** A property of a record's own; `null` where it has none of that name. */
  member(record: Evaluate, column: number, name: string): Evaluate {
    return (known) => {
      const value = record(known);
      if (typeof value === 'object' && value !== null && !isList(value)) return own(value, name) ?? null;
      if (this.#overlooksAbsent) return null;
      return this.#source.fail(column, `Only a record has properties; ".${name}" is asked of ${shown(value)}.`);
    };
  }

  #truth(value: Value, { column, sign }: { readonly column: number; readonly sign: string }): boolean {
    if (typeof value === 'boolean') return value;
    if (this.#overlooksAbsent && value === null) return false;
    return this.#source.fail(column, `"${sign}" takes true or false, not ${shown(value)}.`);
  }

  #sound(result: Value | OperandProblem, column: number): Value {
    return result instanceof OperandProblem ? this.#source.fail(column, result.problem) : result;
  }
}

/** What nobody planted on a prototype. */
export function own(known: Known, name: string): Value | undefined {
  return Object.hasOwn(known, name) ? known[name] : undefined;
}
