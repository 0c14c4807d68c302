import { OptionError } from '../../base/errors.js';
import type { Value } from '../../task/value.js';
import { checkedValue, codeOf, textOf } from './canonical.js';
import { checkName } from './parameter-name.js';
import { Sourced } from './sourced.js';
import type { Written, WrittenParams } from './space-spec.js';

/** One parameter and its value. */
export interface Setting {
  readonly name: string;
  readonly value: Value;
  /** Equal for equal values only. */
  readonly code: string;
  /** As it was written, or as it is shown where nobody wrote it. */
  readonly text: string;
  /** Whether the text was given. */
  readonly isSourced: boolean;
  /** Where one was given. */
  readonly label?: string;
}

/** `path` says where the value stands, for errors. */
export function settingOf(name: string, written: Written | undefined, path = name): Setting {
  const isSourced = written instanceof Sourced;
  const value = checkedValue(isSourced ? written.value : written, path);
  const code = codeOf(value);
  const text = isSourced ? written.text : typeof value === 'string' ? value : code;
  return { name, value, code, text: typeof value === 'object' && !isSourced ? textOf(value) : text, isSourced };
}

/** All parameters of a record, in its order. */
export function settingsOf(params: WrittenParams, where: string): readonly Setting[] {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw new OptionError(`${where} is an object of parameters, not ${JSON.stringify(params) ?? typeof params}.`);
  }
  return Object.entries(params).map(([name, written]) => {
    checkName(name, where);
    return settingOf(name, written, `${where}: ${name}`);
  });
}
