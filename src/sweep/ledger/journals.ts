import { readdirSync, statSync } from 'node:fs';
import type { Begin } from './begin.js';
import type { Layout } from './layout.js';
import { inStorage } from './ledger-error.js';
import type { Book } from './records.js';
import { scanJournal } from './scan-journal.js';

interface Followed {
  readonly driver: string;
  readonly number: number;
  end: number;
  isTorn: boolean;
}

/** Reads the journals of an output folder, and goes on reading those that may still grow. */
export class Journals {
  readonly #layout: Layout;
  readonly #book: Book;
  readonly #known = new Set<string>();
  #growing: Followed[] = [];
  /** Of drivers that were at work when this one came, or came later. */
  readonly #meanwhile = new Set<number>();
  #isLoaded = false;
  #changedAt = Number.NaN;
  #listUntil = 0;

  constructor(layout: Layout, book: Book) {
    this.#layout = layout;
    this.#book = book;
  }

  /** Reads all there are. `isAtWork` says whose may still grow, and is asked before the journal is read. */
  load(isAtWork: (driver: string) => boolean): void {
    inStorage('read the journals', this.#layout.journals, () => this.#list(isAtWork));
    this.#isLoaded = true;
  }

  /** What another driver has given up meanwhile is failed for this one, too. What failed in runs before is tried again. */
  failedMeanwhile(id: string): Extract<Begin, { readonly type: 'failed' }> | undefined {
    if (this.#meanwhile.size === 0 || this.#book.statusOf(id) !== 'failed') return undefined;
    const end = this.#meanwhile.has(this.#book.journalOf(id) ?? -1) ? this.#book.lastEnd(id) : undefined;
    return end?.forGood && { type: 'failed', end };
  }

  /** One's own is written, not read. Gives its number in the book. */
  leaveOut(driver: string): number {
    this.#known.add(driver);
    return this.#book.add(driver);
  }

  /** Reads what the others have written since. Without others this is one look at one folder. */
  catchUp(isAtWork: (driver: string) => boolean): void {
    inStorage('read the journals', this.#layout.journals, () => {
      if (this.#mayHaveChanged()) this.#list(isAtWork);
      for (const journal of this.#growing) this.#read(journal);
    });
  }

  /** Whether anybody else was at work when that was last looked at. */
  get hasOthers(): boolean {
    return this.#growing.length > 0;
  }

  /** A folder that changes twice within one tick of the file system's clock shows one time for both: it is listed until that is over. */
  #mayHaveChanged(): boolean {
    const { mtimeMs } = statSync(this.#layout.journals);
    const now = performance.now();
    if (mtimeMs !== this.#changedAt) {
      this.#changedAt = mtimeMs;
      this.#listUntil = now + (mtimeMs % 1000 === 0 ? coarseTickMs : fineTickMs);
      return true;
    }
    if (now <= this.#listUntil) return true;
    const isLastLook = this.#listUntil > 0;
    this.#listUntil = 0;
    return isLastLook;
  }

  #list(isAtWork: (driver: string) => boolean): void {
    this.#growing = this.#growing.filter((journal) => isAtWork(journal.driver) || this.#finish(journal));
    const names = readdirSync(this.#layout.journals).filter((name) => name.endsWith(ending));
    for (const name of names.sort()) {
      const driver = name.slice(0, -ending.length);
      if (this.#known.has(driver)) continue;
      this.#known.add(driver);
      const journal = { driver, number: this.#book.add(driver), end: 0, isTorn: false };
      const mayGrow = isAtWork(driver);
      if (mayGrow) this.#growing.push(journal);
      if (mayGrow || this.#isLoaded) this.#meanwhile.add(journal.number);
      this.#read(journal);
      if (!mayGrow && journal.isTorn) this.#book.badLines += 1;
    }
  }

  /** Its driver is gone: what it has written since is read once more. */
  #finish(journal: Followed): false {
    this.#read(journal);
    if (journal.isTorn) this.#book.badLines += 1;
    return false;
  }

  #read(journal: Followed): void {
    const scanned = scanJournal(this.#layout.journal(journal.driver), journal.end, (line, at) =>
      this.#book.take(line, journal.number, at),
    );
    journal.end = scanned.end;
    journal.isTorn = scanned.isTorn;
    this.#book.badLines += scanned.badLines;
  }
}

const ending = '.jsonl';

const fineTickMs = 50;
/** Some file systems know seconds, or two of them. */
const coarseTickMs = 2500;
