import { statSync } from 'node:fs';
import { OptionError } from './errors.js';

/** Says what an option takes, if the value is something else. */
export type Check = (value: unknown) => string | undefined;

export const isDuration: Check = (value) =>
  typeof value === 'number' && value >= 0 ? undefined : 'a number of milliseconds from 0 to Infinity';
export const isBoolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
export const isString: Check = (value) => (typeof value === 'string' && !value.includes('\0') ? undefined : 'a string');
export const isArray: Check = (value) => (Array.isArray(value) ? undefined : 'an array');
export const isStrings: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : 'an array of strings';
export const isSignal: Check = (value) => (value instanceof AbortSignal ? undefined : 'an AbortSignal');
export const isAnything: Check = () => undefined;
export const isEnv: Check = (value) =>
  isRecord(value) && Object.values(value).every((item) => item === undefined || typeof item === 'string')
    ? undefined
    : 'an object of strings (numbers have to be written as strings)';
export const isCount: Check = (value) =>
  Number.isInteger(value) && (value as number) > 0 ? undefined : 'a whole number from 1';
export const isDirectory: Check = (value) => {
  if (typeof value !== 'string') return 'the path of a directory';
  return statSync(value, { throwIfNoEntry: false })?.isDirectory() ? undefined : 'a directory that exists';
};
export const isPositive: Check = (value) =>
  typeof value === 'number' && value > 0 ? undefined : 'a number greater than 0';
export const isNumber: Check = (value) => (typeof value === 'number' && !Number.isNaN(value) ? undefined : 'a number');
export const isFunction: Check = (value) => (typeof value === 'function' ? undefined : 'a function');
export const isPort: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535
    ? undefined
    : 'a whole number from 0 to 65535';

export type Checks = Readonly<Record<string, Check>>;

/** Own properties only: what somebody planted on Object.prototype is no option. */
export function checkOptions(options: unknown, checks: Checks): void {
  if (!isRecord(options))
    throw new OptionError(`Options are an object, not ${options === null ? 'null' : typeof options}.`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      throw new OptionError(`There is no option "${name}". The options are: ${Object.keys(checks).join(', ')}.`);
    }
    const expected = value === undefined ? undefined : checks[name]?.(value);
    if (expected) throw new OptionError(`The option "${name}" takes ${expected}, not ${describe(value)}.`);
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' ? 'this object' : String(value);
}
