import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileNameOf } from './file-name.js';
import type { GpuLock, Held, TryLock } from './gpu-lock.js';
import { type Identity, isAlive } from './identity.js';
import { type LeaseRecord, readRecord, writtenRecord } from './lease-record.js';

/**
 * Where there is no `flock`: a file that only one can make, with its owner in it. The file of an owner who is gone, or has let
 * go, is followed by one with the next higher number; of two who try that, one succeeds. The highest number is never
 * removed, so that nobody who was slow can begin anew below it.
 */
export function ownerFileIn(directory: string, own: Identity): TryLock {
  return async (key) => {
    const series = new Series(directory, fileNameOf(key, 'held'));
    const last = series.highest();
    const left = last === undefined ? undefined : series.read(last);
    if (left && !left.isFree && isAlive(left.record.holder, own) !== false)
      return { heldBy: left.record } satisfies Held;
    const mine = (last ?? 0) + 1;
    // What was left is in the new file from the start: it must not get lost if this process is killed right now.
    const begun = { name: '', uses: [], ...left?.record, holder: own, sinceMs: Date.now() };
    if (!series.begin(mine, begun)) return { heldBy: undefined };
    return new OwnedFile(series, mine, left?.record);
  };
}

class OwnedFile implements GpuLock {
  readonly before: LeaseRecord | undefined;
  readonly #series: Series;
  readonly #number: number;
  #record: LeaseRecord | undefined;
  #isOpen = true;

  constructor(series: Series, number: number, before: LeaseRecord | undefined) {
    this.#series = series;
    this.#number = number;
    this.before = before;
    this.#record = before;
  }

  write(record: LeaseRecord): void {
    if (!this.#isOpen) return;
    this.#record = record;
    this.#series.replace(this.#number, writtenRecord(record));
  }

  /** What was not written over is handed on as it was found. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#series.replace(this.#number, `${this.#record ? writtenRecord(this.#record) : '\n'}free\n`);
  }
}

/** The numbered files of one GPU. */
class Series {
  readonly #directory: string;
  readonly #name: string;

  constructor(directory: string, name: string) {
    this.#directory = directory;
    this.#name = name;
  }

  highest(): number | undefined {
    return this.#numbers().at(-1);
  }

  /** `undefined` where nothing can be read: then nobody holds it. */
  read(number: number): { record: LeaseRecord; isFree: boolean } | undefined {
    const text = this.#textOf(number);
    const record = text === undefined ? undefined : readRecord(text);
    return record && { record, isFree: text?.split('\n')[1] === 'free' };
  }

  /** Whether it is ours. */
  begin(number: number, record: LeaseRecord): boolean {
    const draft = this.#draft(writtenRecord(record));
    try {
      linkSync(draft, this.#path(number));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    if (this.highest() !== number) {
      rmSync(this.#path(number), { force: true }); // too slow: others have come and gone since
      return false;
    }
    for (const older of this.#numbers().slice(0, -1)) this.#remove(older);
    return true;
  }

  replace(number: number, text: string): void {
    renameSync(this.#draft(text), this.#path(number));
  }

  #numbers(): number[] {
    const files = readdirSync(this.#directory).filter((file) => file.startsWith(`${this.#name}.`));
    const numbers = files
      .map((file) => file.slice(this.#name.length + 1))
      .filter((ending) => /^\d{1,15}$/.test(ending));
    return numbers.map(Number).sort((a, b) => a - b);
  }

  #path(number: number): string {
    return join(this.#directory, `${this.#name}.${number}`);
  }

  #textOf(number: number): string | undefined {
    try {
      const descriptor = openSync(this.#path(number), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        return readFileSync(descriptor, 'utf8');
      } finally {
        closeSync(descriptor);
      }
    } catch {
      return undefined; // followed by another one meanwhile
    }
  }

  #remove(number: number): void {
    try {
      rmSync(this.#path(number), { force: true });
    } catch {
      // another user's, in a sticky directory: it does no harm, for only the highest number counts
    }
  }

  #draft(text: string): string {
    const draft = join(this.#directory, `.draft-${randomUUID()}`);
    writeFileSync(draft, text, { mode: 0o644, flag: 'wx' });
    return draft;
  }
}
