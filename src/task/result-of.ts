import { types } from 'node:util';
import type { Params, Value } from './value.js';

const DEPTH_MAX = 32;

/**
 * A task's result as it is recorded: what JSON carries. A record is taken by its keys, nothing is an empty record, and
 * anything else becomes `{ value }`. JSON has no `NaN` and no infinity: they become `null`. Dates become their ISO text.
 */
export function resultOf(given: unknown): Params {
  if (given === undefined || given === null) return {};
  const value = recordable(given, 'result', []);
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Params) : { value };
}

function recordable(given: unknown, path: string, within: object[]): Value {
  switch (typeof given) {
    case 'string':
    case 'boolean':
      return given;
    case 'number':
      return Number.isFinite(given) ? given : null;
    case 'bigint':
      return Number.isSafeInteger(Number(given)) ? Number(given) : String(given);
    case 'undefined':
      return null;
    case 'object':
      return given === null ? null : structureOf(given, path, within);
    default:
      throw new TypeError(
        `${path} is a ${typeof given}, which cannot be recorded. Return numbers, texts, arrays and plain records.`,
      );
  }
}

function structureOf(given: object, path: string, within: object[]): Value {
  if (within.includes(given)) throw new TypeError(`${path} holds itself, which cannot be recorded.`);
  if (within.length > DEPTH_MAX) throw new TypeError(`${path} is nested more than ${DEPTH_MAX} deep.`);
  if (types.isDate(given)) return Number.isNaN(given.getTime()) ? null : given.toISOString();
  if (types.isMap(given) || types.isSet(given) || types.isNativeError(given)) {
    throw new TypeError(
      `${path} is a ${given.constructor.name}, which cannot be recorded. Make a plain record or an array of it.`,
    );
  }
  within.push(given);
  const made = membersOf(given, path, within);
  within.pop();
  return made;
}

function membersOf(given: object, path: string, within: object[]): Value {
  const isBytes = ArrayBuffer.isView(given) && !(given instanceof DataView);
  if (Array.isArray(given) || isBytes) {
    // of a million numbers nobody wants a million names
    return Array.from(given as ArrayLike<unknown>, (item, i) =>
      typeof item === 'number' ? recordable(item, '', within) : recordable(item, `${path}[${i}]`, within),
    );
  }
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, recordable(value, `${path}.${name}`, within)]));
}
