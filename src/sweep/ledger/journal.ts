import { closeSync, fdatasync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { type LedgerError, storageError } from './ledger-error.js';

export interface JournalSettings {
  /** What went wrong in the background. */
  readonly onProblem: (problem: LedgerError) => void;
  /** How long a line may wait for the disk; a process that dies in that time loses nothing, a machine does. */
  readonly flushMs: number;
}

/**
 * One driver's own journal. A line that `append` has returned for outlives this process, however it ends; the disk has it
 * after `flush`, or a little later by itself.
 */
export class Journal {
  readonly path: string;
  readonly #settings: JournalSettings;
  readonly #file: number;
  #size: number;
  #flushed: number;
  /** The last line is not whole: the next one has to begin a new one. */
  #isTorn: boolean;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #isClosed = false;

  constructor(path: string, settings: JournalSettings) {
    this.path = path;
    this.#settings = settings;
    this.#file = openSync(path, 'a+', 0o666);
    this.#size = fstatSync(this.#file).size;
    this.#flushed = this.#size;
    this.#isTorn = this.#size > 0 && lastByteOf(this.#file, this.#size) !== newline;
  }

  /** Gives where in the file the line begins. Throws where it could not be written wholly; then it is no record. */
  append(line: string): number {
    const [at = 0] = this.appendAll([line]);
    return at;
  }

  /** The same for several lines, in one write. */
  appendAll(lines: readonly string[]): number[] {
    if (lines.length === 0) return [];
    const text = Buffer.from(`${this.#isTorn ? '\n' : ''}${lines.join('')}`);
    let at = this.#size + (this.#isTorn ? 1 : 0);
    this.#write(text);
    this.#timer ??= setTimeout(() => this.#onTimer(), this.#settings.flushMs).unref();
    return lines.map((line) => {
      const begin = at;
      at += Buffer.byteLength(line);
      return begin;
    });
  }

  #write(text: Buffer): void {
    this.#checkThere();
    try {
      for (let done = 0; done < text.length; ) {
        const count = writeSync(this.#file, text, done);
        this.#isTorn = true;
        this.#size += count;
        done += count;
      }
    } catch (error) {
      throw storageError(error, 'write the journal', this.path);
    }
    this.#isTorn = false;
  }

  /** Settles when the disk has all that was appended before. */
  async flush(): Promise<void> {
    const size = this.#size;
    while (this.#flushed < size && !this.#isClosed) await this.#flushOnce();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    try {
      await this.flush();
    } finally {
      this.#isClosed = true;
      closeSync(this.#file);
    }
  }

  /** What is written to a file that was removed is nowhere, and nobody would say so. */
  #checkThere(): void {
    if (fstatSync(this.#file).nlink > 0) return;
    throw storageError(Object.assign(new Error(), { code: 'ENOENT' }), 'write the journal', this.path);
  }

  #onTimer(): void {
    this.#timer = undefined;
    if (this.#isClosed || this.#flushed === this.#size) return;
    this.#flushOnce().catch((problem: LedgerError) => this.#settings.onProblem(problem));
  }

  #flushOnce(): Promise<void> {
    this.#flushing ??= this.#sync().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  #sync(): Promise<void> {
    const size = this.#size;
    return new Promise((resolve, reject) => {
      fdatasync(this.#file, (error) => {
        if (error) return reject(storageError(error, 'bring the journal to the disk', this.path));
        this.#flushed = size;
        resolve();
      });
    });
  }
}

const newline = 10;

function lastByteOf(file: number, size: number): number | undefined {
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, size - 1);
  return byte[0];
}
