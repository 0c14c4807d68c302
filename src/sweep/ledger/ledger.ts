import type { TaskEnd } from '../../task/record.js';
import type { Task } from '../point.js';
import { type Begin, type BeginOptions, doneIfEnough } from './begin.js';
import { type Claim, Claims } from './claims.js';
import { clearFolder } from './clear-folder.js';
import { Journal } from './journal.js';
import { bodyOf, endLine, forgottenLine, noteLine, releasedLine, startLine } from './journal-line.js';
import { Journals } from './journals.js';
import { Layout } from './layout.js';
import { inStorage, LedgerError, storageError } from './ledger-error.js';
import { makeFolder } from './make-folder.js';
import { checkLedgerOptions, type LedgerOptions } from './options.js';
import { newOwner, type Owner } from './owner.js';
import { type Peeked, peek } from './peek.js';
import { Book, type Records } from './records.js';
import { Registration } from './registration.js';
import { asValue, checkFolder, keepFingerprint } from './specification.js';
import { addGit, writeStart } from './start-record.js';
import { doneIn } from './status-file.js';
import { checkOwn, writeParams } from './task-folder.js';

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
  readonly #running = new Map<string, { readonly claim: Claim; readonly attempt: number }>();
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
    const path = layout.journal(owner.driver);
    const start = inStorage('write how this was started', layout.starts, () =>
      writeStart(layout, owner, options.start ?? {}),
    );
    this.#journal = inStorage('open the journal', path, () => new Journal(path, { onProblem, flushMs: 20 }));
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
      for (const each of [layout.journals, layout.drivers, layout.starts, layout.scratch]) makeFolder(each);
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
    this.#checkOpen();
    const { id } = task.point;
    if (this.#running.has(id)) return { type: 'taken', by: this.driver };
    const done = this.#doneOf(id, options);
    if (done) return done;
    const path = this.#parts.layout.task(task.folder);
    return inStorage('begin a task', path, () => this.#begin(task, path, options));
  }

  /** Records how a task ended. Once this has returned, it is not run again if that was a success. Throws where it is not recorded. */
  end(end: TaskEnd): void {
    this.#checkOpen();
    const running = this.#running.get(end.id);
    if (!running || running.attempt !== end.attempt) {
      throw new LedgerError(
        `Attempt ${end.attempt} of task ${end.id} was not begun here, or has ended. Call begin() first, and end() once.`,
        'ERR_LEDGER_STATE',
      );
    }
    if (end.status === 'failed' && this.records.isDone(end.id)) this.#forget(end.id, end.attempt - 1, Date.now());
    const body = bodyOf(end);
    const at = this.#journal.append(endLine(end, body));
    const { id, attempt, status } = end;
    this.#book.take({ kind: 'end', id, attempt, status }, this.#ownNumber, at);
    this.#running.delete(id);
    this.#finish(running.claim, `"id":"${id}","status":"${status}","attempt":${attempt},${body}`);
  }

  /** Gives a task back that was begun and is not run now. Its attempt counts. */
  release(id: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    this.#running.delete(id);
    this.#recordRelease(id, running.attempt);
    inStorage('give a task back', running.claim.path, () => this.#claims.release(running.claim));
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
      for (const id of [...this.#running.keys()]) this.release(id);
      await this.#journal.close();
    } finally {
      this.#parts.registration.leave();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #begin(task: Task, path: string, options: BeginOptions): Begin {
    const { point, folder } = task;
    const { worker, gpus = [], host = this.#parts.owner.host, params = 'now' } = options;
    const startedAt = Date.now();
    const isNew = makeFolder(path);
    const claim = this.#claims.claim(path, { id: point.id, worker, gpus, workerHost: host, since: startedAt });
    if ('heldBy' in claim) return { type: 'taken', by: claim.heldBy };
    try {
      this.catchUp();
      const done = this.#doneOf(point.id, options) ?? (isNew ? undefined : this.#doneByStatus(path, point.id, options));
      if (done) {
        this.#claims.release(claim);
        return done;
      }
      if (!isNew) checkOwn(path, point.id);
      if (params === 'now') writeParams(path, point, { isNew });
      const attempt = this.records.attemptsOf(point.id) + 1;
      const at = this.#journal.append(startLine(point.id, attempt, { folder, worker, gpus, host, startedAt }));
      this.#book.take({ kind: 'start', id: point.id, attempt }, this.#ownNumber, at);
      this.#running.set(point.id, { claim, attempt });
      return { type: 'claimed', attempt, path };
    } catch (error) {
      this.#claims.release(claim);
      throw error;
    }
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

  #doneOf(id: string, options: BeginOptions): Begin | undefined {
    if (!this.records.isDone(id)) return undefined;
    return doneIfEnough(this.records.lastEnd(id), options);
  }

  /** A file system between machines may show an old journal for a while; the status was in its place before the claim was free. */
  #doneByStatus(path: string, id: string, options: BeginOptions): Begin | undefined {
    const end = doneIn(path, id);
    return end && end.attempt > this.#book.forgottenOf(id) ? doneIfEnough(end, options) : undefined;
  }

  /** The journal has the record; that its copy cannot be written undoes nothing. */
  #finish(claim: Claim, body: string): void {
    try {
      if (!this.#journals.hasOthers || this.#claims.isMine(claim)) this.#claims.finish(claim, body);
    } catch (error) {
      this.#parts.onProblem(storageError(error, "write a task's status", `${claim.path}/status.json`));
      this.#letGo(claim);
    }
  }

  #letGo(claim: Claim): void {
    try {
      this.#claims.release(claim);
    } catch (error) {
      this.#parts.onProblem(storageError(error, 'give a task back', claim.path));
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new LedgerError('This ledger is closed. Open it again.', 'ERR_LEDGER_STATE');
  }
}
