import { OptionError } from '../../base/errors.js';
import type { Value } from '../../task/value.js';

/** A value and how somebody wrote it: `1e-4` is the number 0.0001 for a function and `1e-4` in a command. */
export class Sourced {
  readonly value: Value;
  readonly text: string;

  constructor(value: Value, text: string) {
    if (typeof text !== 'string') throw new OptionError(`The source text of a value is a string, not ${typeof text}.`);
    this.value = value;
    this.text = text;
    Object.freeze(this);
  }
}

/** Keeps the text that a value was written as. */
export function sourced(value: Value, text: string): Sourced {
  return new Sourced(value, text);
}
