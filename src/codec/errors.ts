import { types } from 'node:util';
import { errorClasses } from '../base/errors.js';
import type { Child, Flattener, Node } from './graph.js';
import { typeNamed, typeOfPrototype } from './registry.js';
import { stepTo } from './step-to.js';

type ErrorClass = { readonly prototype: object; readonly name: string };

const knownClasses = new Map<string, ErrorClass>(
  [Error, RangeError, TypeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError, ...errorClasses].map(
    (known) => [known.name, known],
  ),
);

/** Also one in the style before classes, which is an error for `instanceof` only. */
export function isError(value: object): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** Every own property of an error travels, hidden ones (`stack`, `cause`, `errors`) too, as hidden as they were. */
export function errorNode(error: Error, n: number, flattener: Flattener): Node {
  const read = (key: string): unknown => flattener.read(error, key, n, stepTo(key));
  const properties = keysOf(error, read).flatMap((key): Child[] => [
    flattener.child(key, n, ''),
    flattener.child(read(key), n, stepTo(key)),
    Object.getOwnPropertyDescriptor(error, key)?.enumerable ?? false,
  ]);
  if (error instanceof DOMException) {
    return ['domexception', error.message.toWellFormed(), error.name.toWellFormed(), ...properties];
  }
  return ['error', [nameOf(error, read('name')), ...classNamesOf(error)], ...properties];
}

/** An empty error of the nearest class known here; the first name is what it calls itself. */
export function errorShell([ownName, ...classNames]: readonly string[]): Error {
  const known = classNames.map(classNamed);
  const Class = known.find(Boolean);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // its stack will be the one it had over there
  const error = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  if (Class) Object.setPrototypeOf(error, Class.prototype);
  if (ownName && !known[0] && error.name !== ownName) setProperty(error, 'name', ownName, false);
  return error;
}

export function setProperty(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

/** A message or stack that comes from the class (a getter, say) would be lost with the class. */
function keysOf(error: Error, read: (key: string) => unknown): string[] {
  const keys = Object.getOwnPropertyNames(error);
  if (error instanceof DOMException) return keys; // it is made with its message
  return [...keys, ...['message', 'stack'].filter((key) => !keys.includes(key) && read(key))];
}

/** Classes that leave `name` alone inherit that of a built-in class, which says less than their own. */
function nameOf(error: Error, name: unknown): string {
  if (typeof name === 'string' && !knownClasses.has(name)) return name.toWellFormed();
  const ownClass: unknown = error.constructor?.name;
  return typeof ownClass === 'string' ? ownClass : 'Error';
}

function classNamesOf(error: Error): string[] {
  const names: string[] = [];
  for (let at = Object.getPrototypeOf(error); at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const name: unknown = typeOfPrototype(at)?.name ?? at.constructor?.name;
    if (typeof name === 'string' && name !== '') names.push(name);
  }
  return names;
}

function classNamed(name: string): ErrorClass | undefined {
  return typeNamed(name)?.Class ?? knownClasses.get(name);
}
