import { makeFolder } from '../../base/make-folder.js';
import type { TaskEnd } from '../../task/record.js';
import type { Task } from '../point.js';
import type { Begin, BeginOptions } from './begin.js';
import { Beginner, type Begun } from './beginner.js';
import { type Claim, Claims } from './claims.js';
import { clearFolder } from './clear-folder.js';
import { Journal } from './journal.js';
import { bodyOf, endLine, forgottenLine, noteLine, type Part, partLine, releasedLine } from './journal-line.js';
import { Journals } from './journals.js';
import { Layout } from './layout.js';
import { inStorage, LedgerError, notBegun, storageError } from './ledger-error.js';
import { checkLedgerOptions, type LedgerOptions } from './options.js';
import { newOwner, type Owner } from './owner.js';
import { type Peeked, peek } from './peek.js';
import { Book, type Records } from './records.js';
import { Registration } from './registration.js';
import { asValue, checkFolder, hasOnlyRecord, keepFingerprint } from './specification.js';
import { addGit, writeStart } from './start-record.js';

interface Parts {
  readonly layout: Layout;
  readonly owner: Owner;
  readonly registration: Registration;
  readonly onProblem: (problem: LedgerError) => void;
}

/**
 * The record of a sweep, in its output folder. What `begin` and `end` have returned for is written: it outlives this process,
 * however that ends, and with at most 50 ms less the machine. A task of which a success is recorded is not begun again.
 */
export class Ledger {
  /** What is recorded, of this driver and of all others and earlier ones. */
  readonly records: Records;
  /** This driver's name in the output folder. */
  readonly driver: string;
  readonly #parts: Parts;
  readonly #book: Book;
  readonly #journals: Journals;
  readonly #journal: Journal;
  readonly #ownNumber: number;
  readonly #claims: Claims;
  readonly #beginner: Beginner;
  readonly #running = new Map<string, Begun>();
  readonly #started: Promise<void>;
  #isClosed = false;

  private constructor(parts: Parts, options: LedgerOptions) {
    const { layout, owner, registration, onProblem } = parts;
    this.#parts = parts;
    this.driver = owner.driver;
    const accept = options.changed === 'accept';
    const changes = keepFingerprint(layout, options.fingerprint, { driver: owner.driver, accept });
    this.#book = new Book((driver) => layout.journal(driver));
    this.records = this.#book;
    this.#journals = new Journals(layout, this.#book);
    this.#ownNumber = this.#journals.leaveOut(owner.driver);
    this.#journals.load((driver) => registration.isAtWork(driver));
    this.#claims = new Claims(layout, owner, (driver) => registration.isAtWork(driver));
    const isFresh = hasOnlyRecord(layout);
    const path = layout.journal(owner.driver);
    const start = inStorage('write how this was started', layout.starts, () =>
      writeStart(layout, owner, options.start ?? {}),
    );
    this.#journal = inStorage('open the journal', path, () => new Journal(path, { onProblem, flushMs: 20 }));
    this.#beginner = new Beginner({
      layout,
      claims: this.#claims,
      journal: this.#journal,
      book: this.#book,
      journalNumber: this.#ownNumber,
      host: owner.host,
      mayHaveFolder: (id) => !isFresh || this.#journals.hasOthers || this.records.attemptsOf(id) > 0,
      catchUp: () => this.catchUp(),
      failedMeanwhile: (id) => this.#journals.failedMeanwhile(id),
    });
    if (changes.length > 0) this.#journal.append(noteLine('accepted', { t: Date.now(), changes: asValue(changes) }));
    this.#started = addGit(layout, owner, start);
  }

  /**
   * Opens the record in an output folder, and makes it where there is none. Rejects where another driver is at work and `join`
   * was not asked for, where records no longer fit the specification, and where something else would be overwritten.
   */
  static async open(output: string, options: LedgerOptions): Promise<Ledger> {
    checkLedgerOptions(options);
    const layout = new Layout(output);
    checkFolder(layout, options.writes ?? []);
    const owner = newOwner();
    const onProblem = options.onProblem ?? (() => {});
    inStorage('make the record of the sweep', layout.root, () => {
      const { journals, drivers, starts, scratch, claims } = layout;
      for (const each of [journals, drivers, starts, scratch, claims]) makeFolder(each);
    });
    const { join = false } = options;
    const registration = await Registration.enter(layout, owner, { join, heartbeatMs: 5000, onProblem });
    try {
      return new Ledger({ layout, owner, registration, onProblem }, options);
    } catch (error) {
      registration.leave();
      throw error;
    }
  }

  /** Reads a record and leaves no trace: for a dry run, or while another process is at work. */
  static peek(output: string): Peeked {
    return peek(output);
  }

  /** Claims a task, makes its folder, and records that it is begun; or says why not. */
  begin(task: Task, options: BeginOptions): Begin {
    const [begun] = this.beginAll([task], options);
    return begun as Begin; // one for each task
  }

  /** The same for several, in their order, which costs less than one by one. Where it throws, none is begun. */
  beginAll(tasks: readonly Task[], options: BeginOptions): Begin[] {
    this.#checkOpen();
    const free = tasks.filter(({ point }) => !this.#running.has(point.id));
    const begun = new Map(this.#beginner.begin(free, options).map((each, i) => [free[i], each]));
    return tasks.map((task) => {
      const each = begun.get(task) ?? { type: 'taken', by: this.driver };
      if (each.type !== 'claimed') return each;
      this.#running.set(task.point.id, each);
      const { type, attempt, path } = each;
      return { type, attempt, path };
    });
  }

  /** Records what is done of a task that goes on, so that it need not be done again if its end is never recorded. */
  part(part: Part): void {
    this.#checkOpen();
    this.#runningOf(part);
    const at = this.#journal.append(partLine(part));
    this.#book.take({ kind: 'part', id: part.id, attempt: part.attempt }, this.#ownNumber, at);
  }

  /** Records how a task ended. Once this has returned, it is not run again if that was a success. Throws where it is not recorded. */
  end(end: TaskEnd): void {
    this.#checkOpen();
    const running = this.#runningOf(end);
    if (end.status === 'failed' && this.records.isDone(end.id)) this.#forget(end.id, end.attempt - 1, Date.now());
    const body = bodyOf(end);
    const at = this.#journal.append(endLine(end, body));
    const { id, attempt, status } = end;
    this.#book.take({ kind: 'end', id, attempt, status }, this.#ownNumber, at);
    this.#running.delete(id);
    this.#finish(running, `"id":"${id}","status":"${status}","attempt":${attempt},${body}`);
  }

  /** Gives a task back that was begun and is not run now. Its attempt counts only if it may have run. */
  release(id: string, { mayHaveRun = false }: { readonly mayHaveRun?: boolean } = {}): void {
    const running = this.#running.get(id);
    if (!running) return;
    this.#running.delete(id);
    if (!mayHaveRun) this.#recordRelease(id, running.attempt);
    inStorage('give a task back', running.path, () => this.#claims.release(running.claim));
  }

  /** These count as never run: their next attempts are to come. What is in their folders stays. */
  forget(ids: Iterable<string>): void {
    this.#checkOpen();
    const at = Date.now();
    for (const id of ids) {
      const attempt = this.records.attemptsOf(id);
      if (attempt > 0) this.#forget(id, attempt, at);
    }
  }

  /** Removes what lies in a task's folder. Links are not followed, and nothing outside of the output folder is touched. */
  clearTask(folder: string): void {
    this.#checkOpen();
    clearFolder(this.#parts.layout.task(folder), this.#parts.layout.output);
  }

  /** Reads what other drivers have recorded since. `begin` does so by itself. */
  catchUp(): void {
    this.#journals.catchUp((driver) => this.#parts.registration.isAtWork(driver));
  }

  /** Settles when the disk has all that was recorded before. */
  async flush(): Promise<void> {
    await this.#journal.flush();
  }

  /** Gives back what is not ended, and signs out. After that nothing of this ledger is open or at work. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#started;
    try {
      for (const id of [...this.#running.keys()]) this.release(id, { mayHaveRun: true });
      await this.#journal.close();
    } finally {
      this.#parts.registration.leave();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #runningOf({ id, attempt }: Part): Begun {
    const running = this.#running.get(id);
    if (running?.attempt !== attempt) throw notBegun(id, attempt);
    return running;
  }

  /** Without it the task would seem lost, but nothing is: so a full disk is no reason to keep the claim. */
  #recordRelease(id: string, attempt: number): void {
    try {
      const at = this.#journal.append(releasedLine(id, attempt, Date.now()));
      this.#book.take({ kind: 'released', id, attempt }, this.#ownNumber, at);
    } catch (error) {
      this.#parts.onProblem(storageError(error, 'record that a task was given back', this.#journal.path));
    }
  }

  #forget(id: string, upToAttempt: number, at: number): void {
    const offset = this.#journal.append(forgottenLine(id, upToAttempt, at));
    this.#book.take({ kind: 'forgotten', id, attempt: upToAttempt }, this.#ownNumber, offset);
  }

  /** The journal has the record; that its copy cannot be written undoes nothing. */
  #finish({ claim, path }: Begun, body: string): void {
    try {
      if (!this.#journals.hasOthers || this.#claims.isMine(claim)) this.#claims.finish(claim, path, body);
    } catch (error) {
      this.#parts.onProblem(storageError(error, "write a task's status", `${path}/status.json`));
      this.#letGo(claim);
    }
  }

  #letGo(claim: Claim): void {
    try {
      this.#claims.release(claim);
    } catch (error) {
      this.#parts.onProblem(storageError(error, 'give a task back', claim.file));
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new LedgerError('This ledger is closed. Open it again.', 'ERR_LEDGER_STATE');
  }
}
