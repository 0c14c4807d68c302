import { type Colors, colorsFor } from './colors.js';

const WIDE = 100_000; // into a pipe or a file nothing is cut

/** Where a command writes: answers to standard output, everything else to standard error. */
export class Terminal {
  /** Of standard output. */
  readonly colors: Colors = colorsFor(process.stdout);
  readonly errorColors: Colors = colorsFor(process.stderr);
  readonly #gone = new AbortController();

  constructor() {
    process.stdout.on('error', () => this.#gone.abort()); // nobody reads any more
    process.stderr.on('error', () => {});
  }

  /** Aborts when nobody reads standard output any more. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get isLive(): boolean {
    return process.stdout.isTTY === true;
  }

  get width(): number {
    const columns = process.stdout.columns ?? Number(process.env.COLUMNS);
    return Number.isInteger(columns) && columns > 0 ? columns : WIDE;
  }

  print(...lines: readonly string[]): void {
    for (const line of lines) process.stdout.write(`${line}\n`);
  }

  printBytes(bytes: Uint8Array | string): void {
    process.stdout.write(bytes);
  }

  printJson(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** To standard error. */
  tell(...lines: readonly string[]): void {
    for (const line of lines) process.stderr.write(`${line}\n`);
  }

  /** Resolves when all that was written is on its way. */
  async flushed(): Promise<void> {
    for (const stream of [process.stdout, process.stderr]) {
      if (!stream.destroyed && stream.writable) await new Promise<void>((done) => stream.write('', () => done()));
    }
  }
}
