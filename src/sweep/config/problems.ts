import { type Problem, SweepFileError } from './sweep-file-error.js';

/** Collects what is wrong in one file, so that all of it is told at once. */
export class Problems {
  readonly path: string;
  readonly #starts: readonly number[];
  readonly #found: (Problem & { readonly at: number })[] = [];

  /** `path` as it is to be shown. */
  constructor(path: string, text: string) {
    this.path = path;
    this.#starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
  }

  get count(): number {
    return this.#found.length;
  }

  /** `at`: how many characters before it. Twice at one place is told once. */
  add(at: number, message: string): void {
    if (this.#found.some((other) => other.at === at && other.message === message)) return;
    this.#found.push({ at, ...this.#placeOf(at), message });
  }

  lineOf(at: number): number {
    return this.#placeOf(at).line;
  }

  throwIfAny(): void {
    if (this.#found.length === 0) return;
    const sorted = [...this.#found].sort((one, other) => one.at - other.at);
    throw new SweepFileError(
      this.path,
      sorted.map(({ line, column, message }) => ({ line, column, message })),
    );
  }

  #placeOf(at: number): { readonly line: number; readonly column: number } {
    let line = 0;
    for (let high = this.#starts.length; high - line > 1; ) {
      const middle = (line + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= at) line = middle;
      else high = middle;
    }
    return { line: line + 1, column: at - (this.#starts[line] ?? 0) + 1 };
  }
}
