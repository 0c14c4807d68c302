import { OptionError } from '../../base/errors.js';
import type { Value } from '../../task/value.js';

const depthMax = 64;

/** A frozen copy of a value from outside, with `-0` as `0`. Throws where it is no value; `path` says what it is of. */
export function checkedValue(value: unknown, path: string): Value {
  return copied(value, path, []);
}

/** The same text for equal values only: JSON with sorted names. 1, "1" and true differ. */
export function codeOf(value: Value): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(codeOf).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${codeOf(value[name] as Value)}`).join(',')}}`;
}

/** Whether two values are equal, wherever they come from. */
export function areEqual(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  return codeOf(one) === codeOf(other);
}

/** As it is shown where nobody has written it in another way: a string as it is, all else as JSON. */
export function textOf(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `Array.isArray` does not tell a readonly array from a record. */
export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

function copied(value: unknown, path: string, parents: readonly object[]): Value {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (!value.isWellFormed()) refuse(path, 'a string with half a character in it (a lone surrogate)');
    return value;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse(path, String(value));
    return value === 0 ? 0 : value;
  }
  if (typeof value !== 'object') return refuse(path, nameOf(value));
  if (parents.includes(value)) refuse(path, 'an object that contains itself');
  if (parents.length >= depthMax) refuse(path, `nested deeper than ${depthMax} levels`);
  const within = [...parents, value];
  return Array.isArray(value) ? copiedList(value, path, within) : copiedRecord(value, path, within);
}

function copiedList(list: readonly unknown[], path: string, parents: readonly object[]): Value {
  if (Object.keys(list).length !== list.length) refuse(path, 'an array with holes, or with more than its elements');
  return Object.freeze(list.map((each, i) => copied(each, `${path}[${i}]`, parents)));
}

function copiedRecord(record: object, path: string, parents: readonly object[]): Value {
  const prototype: unknown = Object.getPrototypeOf(record);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    refuse(path, `an object of class ${record.constructor?.name ?? 'unknown'}`);
  }
  if (Object.getOwnPropertySymbols(record).length > 0) refuse(path, 'an object with a symbol for a name');
  const copy: Record<string, Value> = {};
  for (const [name, value] of Object.entries(record)) {
    const place = /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
    if (name === '__proto__') refuse(place, 'a property of this name');
    if (!name.isWellFormed()) refuse(place, 'a name with half a character in it (a lone surrogate)');
    copy[name] = copied(value, place, parents);
  }
  return Object.freeze(copy);
}

function nameOf(value: unknown): string {
  return typeof value === 'bigint' ? 'a bigint' : typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
}

function refuse(path: string, what: string): never {
  throw new OptionError(
    `${path} is ${what}. A parameter is a string, a finite number, true, false, null, or a list or plain object of those.`,
  );
}
