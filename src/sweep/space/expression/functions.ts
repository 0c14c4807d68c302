import type { Value } from '../../../task/value.js';
import { isList } from '../canonical.js';
import { finite, OperandProblem, shown } from './operators.js';

/** A function of the language: pure, and of values only. */
export interface NamedFunction {
  /** How many arguments it takes. */
  readonly takes: { readonly min: number; readonly max: number };
  readonly call: (args: readonly Value[]) => Value | OperandProblem;
}

const ofOne: Readonly<Record<string, (x: number) => number>> = {
  abs: Math.abs,
  round: Math.round,
  floor: Math.floor,
  ceil: Math.ceil,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
};

/** `min` and `max` take numbers, or one list of numbers. */
export const functions: ReadonlyMap<string, NamedFunction> = new Map([
  ...Object.entries(ofOne).map(([name, calculate]) => numeric(name, { min: 1, max: 1 }, ([x = 0]) => calculate(x))),
  numeric('pow', { min: 2, max: 2 }, ([x = 0, y = 0]) => x ** y),
  numeric('min', { min: 1, max: 255 }, (numbers) => Math.min(...numbers)),
  numeric('max', { min: 1, max: 255 }, (numbers) => Math.max(...numbers)),
  ['len', { takes: { min: 1, max: 1 }, call: ([value = null]) => lengthOf(value) }],
]);

function numeric(
  name: string,
  takes: NamedFunction['takes'],
  calculate: (numbers: readonly number[]) => number,
): [string, NamedFunction] {
  const call = (given: readonly Value[]): Value | OperandProblem => {
    const [first] = given;
    const args = takes.max > 2 && given.length === 1 && isList(first) ? first : given;
    const numbers = args.filter((each) => typeof each === 'number');
    if (numbers.length < args.length) {
      return new OperandProblem(
        `${name}() takes numbers, not ${shown(args.find((each) => typeof each !== 'number') ?? null)}.`,
      );
    }
    return finite(calculate(numbers), `${name}(${numbers.join(', ')})`);
  };
  return [name, { takes, call }];
}

function lengthOf(value: Value): number | OperandProblem {
  if (typeof value === 'string' || isList(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  return new OperandProblem(`len() takes a string, a list or a record, not ${shown(value)}.`);
}
