import type { Value } from '../../../task/value.js';
import { areEqual, isList, textOf } from '../canonical.js';

/** What is wrong with operands; the caller knows the column. */
export class OperandProblem {
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }
}

type Operation = (left: Value, right: Value) => Value | OperandProblem;

const arithmetic: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};

/** For numbers, and for strings, which are compared by their characters' codes. */
const orders: Readonly<Record<string, <T extends number | string>(left: T, right: T) => boolean>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** What a sign between two operands does. */
export function operationOf(sign: string): Operation {
  if (sign === '==') return areEqual;
  if (sign === '!=') return (left, right) => !areEqual(left, right);
  if (sign === 'in') return isIn;
  const order = orders[sign];
  if (order) return (left, right) => ordered(sign, order, [left, right]);
  const calculate = arithmetic[sign];
  if (calculate) return (left, right) => calculated(sign, calculate, [left, right]);
  throw new TypeError(`There is no operator ${sign}.`);
}

export function shown(value: Value): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : textOf(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}

/** Numbers only as a value can hold them. */
export function finite(result: number, what: string): number | OperandProblem {
  if (Number.isFinite(result)) return result === 0 ? 0 : result;
  return new OperandProblem(`${what} is ${result}, which is no value.`);
}

function isIn(item: Value, list: Value): boolean | OperandProblem {
  if (isList(list)) return list.some((each) => areEqual(each, item));
  return new OperandProblem(`"in" takes a list on its right, not ${shown(list)}.`);
}

function ordered(
  sign: string,
  order: <T extends number | string>(left: T, right: T) => boolean,
  [left, right]: readonly [Value, Value],
): boolean | OperandProblem {
  if (typeof left === 'number' && typeof right === 'number') return order(left, right);
  if (typeof left === 'string' && typeof right === 'string') return order(left, right);
  return new OperandProblem(`"${sign}" takes two numbers or two strings, not ${shown(left)} and ${shown(right)}.`);
}

function calculated(
  sign: string,
  calculate: (left: number, right: number) => number,
  [left, right]: readonly [Value, Value],
): Value | OperandProblem {
  if (typeof left === 'number' && typeof right === 'number') {
    return finite(calculate(left, right), `${left} ${sign} ${right}`);
  }
  if (sign === '+' && (typeof left === 'string' || typeof right === 'string')) {
    if (isScalar(left) && isScalar(right)) return textOf(left) + textOf(right);
  }
  return new OperandProblem(`"${sign}" takes two numbers, not ${shown(left)} and ${shown(right)}.`);
}

function isScalar(value: Value): boolean {
  return value !== null && typeof value !== 'object';
}
