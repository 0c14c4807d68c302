import { msFrom } from '../../sweep/commands/duration.js';
import { numberOf, UsageError } from '../command-line.js';

/** A command line that was taken apart. Flags are named as they are written: `dry-run`. */
export class Given {
  readonly args: readonly string[];
  /** What stood behind `--`. */
  readonly rest: readonly string[] | undefined;
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(args: readonly string[], values: ReadonlyMap<string, unknown>, rest: readonly string[] | undefined) {
    this.args = args;
    this.#values = values;
    this.rest = rest;
  }

  /** The same with no arguments but flags. */
  withoutArgs(): Given {
    return new Given([], this.#values, undefined);
  }

  has(name: string): boolean {
    const value = this.#values.get(name);
    return value !== undefined && value !== false;
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Of a flag that may be given several times. */
  texts(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** As `texts`, and each may be a list with commas. */
  list(name: string): readonly string[] {
    return this.texts(name).flatMap((text) => text.split(',').map((item) => item.trim()));
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : numberOf(text, `--${name}`);
  }

  wholeNumber(name: string): number | undefined {
    const number = this.number(name);
    if (number === undefined || Number.isSafeInteger(number)) return number;
    throw new UsageError(`--${name} takes a whole number, not "${this.text(name)}"`);
  }

  ms(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : msFrom(text, `--${name}`);
  }

  /** How often a flag was given. */
  count(name: string): number {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : 0;
  }
}
