import { statSync } from 'node:fs';
import type { TaskEnd } from '../../task/record.js';
import type { Task } from '../point.js';
import { type Begin, type BeginOptions, doneIfEnough } from './begin.js';
import type { Claim, Claims } from './claims.js';
import type { Journal } from './journal.js';
import { bodyOf, endLine, startLine } from './journal-line.js';
import type { Layout } from './layout.js';
import { inStorage } from './ledger-error.js';
import type { Book } from './records.js';
import { doneIn } from './status-file.js';
import { checkOwn, prepareTaskFolder } from './task-folder.js';

export interface BeginnerParts {
  readonly layout: Layout;
  readonly claims: Claims;
  readonly journal: Journal;
  readonly book: Book;
  /** Of the own journal in the book. */
  readonly journalNumber: number;
  /** This host's name. */
  readonly host: string;
  /** Whether something may lie where the task's folder will be. */
  mayHaveFolder(id: string): boolean;
  /** Reads what other drivers have recorded since. */
  catchUp(): void;
  /** What another driver has given up meanwhile. */
  failedMeanwhile(id: string): NotBegun | undefined;
}

/** A task that is begun. */
export interface Begun {
  readonly type: 'claimed';
  readonly id: string;
  readonly path: string;
  readonly attempt: number;
  readonly claim: Claim;
  /** For the journal. */
  readonly line: string;
}

type NotBegun = Exclude<Begin, { readonly type: 'claimed' }>;

/** A task that nobody else can begin now. */
interface Held {
  readonly type: 'held';
  readonly task: Task;
  readonly path: string;
  readonly claim: Claim;
  readonly startedAt: number;
}

/** Begins tasks: claims them, looks whether they were done meanwhile, and records that they are begun. */
export class Beginner {
  readonly #parts: BeginnerParts;

  constructor(parts: BeginnerParts) {
    this.#parts = parts;
  }

  /** In their order; or it throws, and has begun none. One look at what others do, and one line after the other in one write. */
  begin(tasks: readonly Task[], options: BeginOptions): (Begun | NotBegun)[] {
    const held: Held[] = [];
    try {
      const found = tasks.map((task) => {
        const each = this.#doneOf(task.point.id, options) ?? this.#hold(task, options);
        if (each.type === 'held') held.push(each);
        return each;
      });
      if (held.length > 0) this.#parts.catchUp();
      const looked = found.map((each) => (each.type === 'held' ? this.#look(each, options) : each));
      this.#record(looked.filter((each) => each.type === 'claimed'));
      return looked;
    } catch (error) {
      for (const { claim } of held) this.#parts.claims.release(claim);
      throw error;
    }
  }

  #hold(task: Task, { worker, gpus = [], host = this.#parts.host }: BeginOptions): Held | NotBegun {
    const { layout, claims } = this.#parts;
    const path = layout.task(task.folder);
    return inStorage('begin a task', path, () => {
      const startedAt = Date.now();
      const claim = claims.claim(task.point.id, { worker, gpus, workerHost: host, since: startedAt });
      if ('heldBy' in claim) return { type: 'taken', by: claim.heldBy };
      return { type: 'held', task, path, claim, startedAt };
    });
  }

  #look({ task, path, claim, startedAt }: Held, options: BeginOptions): Begun | NotBegun {
    const { claims, book } = this.#parts;
    const { worker, gpus = [], host = this.#parts.host } = options;
    const { point, folder, index } = task;
    const { id } = point;
    return inStorage('begin a task', path, () => {
      const isNew = !this.#parts.mayHaveFolder(id) || statSync(path, { throwIfNoEntry: false }) === undefined;
      const done = this.#doneOf(id, options) ?? (isNew ? undefined : this.#doneByStatus(path, task, options));
      const over = done ?? this.#parts.failedMeanwhile(id);
      if (over) {
        claims.release(claim);
        return over;
      }
      if (!isNew) checkOwn(path, id);
      if (options.params !== 'later') prepareTaskFolder(path, point);
      const attempt = book.attemptsOf(id) + 1;
      const line = startLine(id, attempt, { folder, index, worker, gpus, host, startedAt });
      return { type: 'claimed', id, path, attempt, claim, line };
    });
  }

  #record(begun: readonly Begun[]): void {
    const { journal, book, journalNumber } = this.#parts;
    const places = journal.appendAll(begun.map(({ line }) => line));
    for (const [i, { id, attempt }] of begun.entries()) {
      book.take({ kind: 'start', id, attempt }, journalNumber, places[i] ?? 0);
    }
  }

  #doneOf(id: string, options: BeginOptions): NotBegun | undefined {
    const { book } = this.#parts;
    return book.isDone(id) ? doneIfEnough(book.lastEnd(id), options) : undefined;
  }

  /**
   * A file system between machines may show an old journal for a while; the status was in its place before the claim was free. Or
   * the journal's line is damaged: then the status is what is left of the record, and goes into the journal again.
   */
  #doneByStatus(path: string, task: Task, options: BeginOptions): NotBegun | undefined {
    const end = doneIn(path, task.point.id);
    if (!end || end.attempt <= this.#parts.book.forgottenOf(end.id)) return undefined;
    const done = doneIfEnough(end, options);
    if (done) this.#recordAgain(end, task);
    return done;
  }

  #recordAgain(end: TaskEnd, { folder, index }: Task): void {
    const { journal, book, journalNumber } = this.#parts;
    const { id, attempt, status, worker, gpus, host, startedAt } = end;
    const start = startLine(id, attempt, { folder, index, worker, gpus, host, startedAt });
    const [startAt = 0, endAt = 0] = journal.appendAll([start, endLine(end, bodyOf(end))]);
    book.take({ kind: 'start', id, attempt }, journalNumber, startAt);
    book.take({ kind: 'end', id, attempt, status }, journalNumber, endAt);
  }
}
