import { errorClasses } from '../base/errors.js';
import { type Flattener, stepTo } from './flatten.js';
import type { Child, Node } from './graph.js';
import { typeNamed } from './registry.js';

type ErrorConstructor = abstract new (...args: never[]) => Error;

const knownClasses = new Map<string, ErrorConstructor>(
  [Error, RangeError, TypeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError, ...errorClasses].map(
    (known) => [known.name, known],
  ),
);

/** Every own property of an error travels, hidden ones (`stack`, `cause`, `errors`) too, as hidden as they were. */
export function errorNode(error: Error, n: number, flattener: Flattener): Node {
  if (error instanceof DOMException) {
    const { message, name, stack } = error;
    return ['domexception', ...([message, name, stack].map((text) => flattener.child(text, n, '')) as [Child, Child, Child])];
  }
  const properties = Object.getOwnPropertyNames(error).flatMap((key) => [
    key,
    flattener.child(flattener.read(error, key, n, stepTo(key)), n, stepTo(key)),
    Object.getOwnPropertyDescriptor(error, key)?.enumerable ?? false,
  ]);
  return ['error', classNamesOf(error), ...properties];
}

/** An empty error of the nearest class known here. */
export function errorShell(classNames: readonly string[]): Error {
  const known = classNames.map((name) => typeNamed(name)?.Class ?? knownClasses.get(name)).find(Boolean);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // its stack will be the one it had over there
  const error = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const own = classNames[0];
  if (known) Object.setPrototypeOf(error, known.prototype);
  if (own && known?.name !== own && !typeNamed(own)) setProperty(error, 'name', own, false);
  return error;
}

export function setProperty(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

function classNamesOf(error: Error): string[] {
  const names: string[] = [];
  for (let at = Object.getPrototypeOf(error); at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const name: unknown = at.constructor?.name;
    if (typeof name === 'string' && name !== '') names.push(name);
  }
  return names;
}
