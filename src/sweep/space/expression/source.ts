import { OptionError } from '../../../base/errors.js';

/** The text of an expression, and how what is wrong with it is told. */
export class Source {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Columns count from 1. */
  fail(column: number, problem: string): never {
    throw new OptionError(`The expression ${JSON.stringify(shortened(this.text))}, column ${column}: ${problem}`);
  }
}

function shortened(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
