import type { TaskEnd, TaskStatus } from '../../task/record.js';
import { endFrom, type Line, type Part, partFrom, type Start, startFrom } from './journal-line.js';
import { LineReader } from './line-reader.js';

export interface Counts extends Readonly<Record<TaskStatus, number>> {
  /** Begun, and never ended as far as is known: at work now, or lost with their driver. */
  readonly open: number;
}

/** A task that was begun, and of whose end nothing is recorded. */
export interface Begun extends Start {
  readonly id: string;
  readonly attempt: number;
  readonly driver: string;
}

/** What the journals of a sweep say about its tasks. A million of them take about 150 MB: results stay on the disk. */
export interface Records {
  /** Whether a success is recorded. */
  isDone(id: string): boolean;
  /** How it ended; `undefined` where no end is recorded. A success is not undone by what came later. */
  statusOf(id: string): TaskStatus | undefined;
  /** How many attempts were begun. */
  attemptsOf(id: string): number;
  /** The end that `statusOf` speaks of, read from the disk. */
  lastEnd(id: string): TaskEnd | undefined;
  /** What an attempt had done of which no end is recorded, read from the disk. */
  lastPart(id: string): Part | undefined;
  /** How its last attempt was begun, read from the disk. */
  lastStart(id: string): Begun | undefined;
  /** Those that ended in this way, or all that are known, in the order in which they were begun first. */
  ids(status?: TaskStatus): Iterable<string>;
  /** Those that were begun and did not end. */
  begun(): Iterable<Begun>;
  readonly counts: Counts;
  /** Lines that are no records: torn by a crash, or by another hand. */
  readonly badLines: number;
}

const statuses = [undefined, 'done', 'failed', 'stopped', 'cancelled'] as const;
const done = 1;

/** The records, as they are put together from the lines. Columns of numbers: a million objects would be too many. */
export class Book implements Records {
  badLines = 0;
  readonly #pathOf: (driver: string) => string;
  readonly #lines = new LineReader();
  readonly #rows = new Map<string, number>();
  readonly #drivers: string[] = [];
  readonly #tally = [0, 0, 0, 0, 0];
  /** By row: of attempts that have not ended. Only tasks of several commands have any. */
  readonly #parts = new Map<number, { readonly attempt: number; readonly journal: number; readonly at: number }>();
  #status = new Uint8Array(1024);
  #attempts = new Uint32Array(1024);
  #ended = new Uint32Array(1024);
  #forgotten = new Uint32Array(1024);
  #endIn = new Uint32Array(1024);
  #endAt = new Float64Array(1024);
  #startIn = new Uint32Array(1024);
  #startAt = new Float64Array(1024);

  constructor(pathOf: (driver: string) => string) {
    this.#pathOf = pathOf;
  }

  /** A journal gets a number, to be given with its lines. */
  add(driver: string): number {
    return this.#drivers.push(driver) - 1;
  }

  take(line: Line, journal: number, at: number): void {
    const row = this.#rowOf(line.id);
    if (line.kind === 'start') this.#start(row, line.attempt, journal, at);
    else if (line.kind === 'released') this.#release(row, line.attempt);
    else if (line.kind === 'forgotten') this.#forget(row, line.attempt);
    else if (line.kind === 'part') this.#part(row, { attempt: line.attempt, journal, at });
    else this.#end(row, line, { journal, at });
  }

  /** The last attempt whose end does not count any more. */
  forgottenOf(id: string): number {
    return this.#forgotten[this.#rows.get(id) ?? -1] ?? 0;
  }

  /** The number of the journal in which its end is recorded. */
  journalOf(id: string): number | undefined {
    return this.#endIn[this.#rows.get(id) ?? -1];
  }

  isDone(id: string): boolean {
    return this.statusOf(id) === 'done';
  }

  statusOf(id: string): TaskStatus | undefined {
    return statuses[this.#status[this.#rows.get(id) ?? -1] ?? 0];
  }

  attemptsOf(id: string): number {
    return this.#attempts[this.#rows.get(id) ?? -1] ?? 0;
  }

  lastEnd(id: string): TaskEnd | undefined {
    const row = this.#rows.get(id) ?? -1;
    if (!this.#status[row]) return undefined;
    return endFrom(this.#read(this.#endIn[row], this.#endAt[row]));
  }

  lastPart(id: string): Part | undefined {
    const part = this.#parts.get(this.#rows.get(id) ?? -1);
    return part && partFrom(this.#read(part.journal, part.at));
  }

  lastStart(id: string): Begun | undefined {
    const start = this.#startOf(this.#rows.get(id) ?? -1);
    return start?.id === id ? start : undefined; // of one that was forgotten, the line may be missing
  }

  *ids(status?: TaskStatus): Iterable<string> {
    for (const [id, row] of this.#rows) {
      if (status === undefined || statuses[this.#status[row] ?? 0] === status) yield id;
    }
  }

  *begun(): Iterable<Begun> {
    for (const row of this.#rows.values()) {
      const attempts = this.#attempts[row] ?? 0;
      if (attempts <= (this.#ended[row] ?? 0) || this.#status[row] === done) continue;
      const start = this.#startOf(row);
      if (start) yield start;
    }
  }

  get counts(): Counts {
    const [, doneCount = 0, failed = 0, stopped = 0, cancelled = 0] = this.#tally;
    return { done: doneCount, failed, stopped, cancelled, open: this.#tally[0] ?? 0 };
  }

  #start(row: number, attempt: number, journal: number, at: number): void {
    if (attempt < (this.#attempts[row] ?? 0)) return;
    this.#attempts[row] = attempt;
    this.#startIn[row] = journal;
    this.#startAt[row] = at;
  }

  #part(row: number, part: { readonly attempt: number; readonly journal: number; readonly at: number }): void {
    const ended = Math.max(this.#ended[row] ?? 0, this.#forgotten[row] ?? 0);
    if (part.attempt > ended && part.attempt >= (this.#parts.get(row)?.attempt ?? 0)) this.#parts.set(row, part);
  }

  /** The end of an attempt tells of its parts, too. */
  #dropParts(row: number, upToAttempt: number): void {
    const part = this.#parts.size > 0 ? this.#parts.get(row) : undefined;
    if (part && part.attempt <= upToAttempt) this.#parts.delete(row);
  }

  #end(row: number, line: Line, from: { journal: number; at: number }): void {
    const status = statuses.indexOf(line.status);
    const before = this.#status[row];
    this.#attempts[row] = Math.max(this.#attempts[row] ?? 0, line.attempt);
    this.#dropParts(row, line.attempt);
    if (line.attempt <= (this.#forgotten[row] ?? 0)) return;
    if (before === done && status !== done) return;
    if (before !== 0 && status !== done && line.attempt < (this.#ended[row] ?? 0)) return;
    this.#ended[row] = line.attempt;
    this.#endIn[row] = from.journal;
    this.#endAt[row] = from.at;
    this.#become(row, status);
  }

  /** It is as if that attempt had never been: the next one has its number. */
  #release(row: number, attempt: number): void {
    const isLast = this.#attempts[row] === attempt && (this.#ended[row] ?? 0) < attempt;
    if (isLast) this.#attempts[row] = attempt - 1;
  }

  #forget(row: number, upToAttempt: number): void {
    this.#forgotten[row] = Math.max(this.#forgotten[row] ?? 0, upToAttempt);
    this.#attempts[row] = Math.max(this.#attempts[row] ?? 0, upToAttempt);
    this.#dropParts(row, upToAttempt);
    if ((this.#ended[row] ?? 0) > upToAttempt) return;
    this.#ended[row] = upToAttempt;
    this.#become(row, 0);
  }

  #become(row: number, status: number): void {
    const before = this.#status[row] ?? 0;
    this.#tally[before] = (this.#tally[before] ?? 0) - 1;
    this.#tally[status] = (this.#tally[status] ?? 0) + 1;
    this.#status[row] = status;
  }

  #startOf(row: number): Begun | undefined {
    if (!this.#attempts[row]) return undefined;
    const start = startFrom(this.#read(this.#startIn[row], this.#startAt[row]));
    return start && { ...start, driver: this.#drivers[this.#startIn[row] ?? 0] ?? '' };
  }

  #read(journal = 0, at = 0): string {
    return this.#lines.lineAt(this.#pathOf(this.#drivers[journal] ?? ''), at);
  }

  #rowOf(id: string): number {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const row = this.#rows.size;
    this.#rows.set(id, row);
    this.#tally[0] = (this.#tally[0] ?? 0) + 1;
    if (row === this.#status.length) this.#grow();
    return row;
  }

  #grow(): void {
    this.#status = twice(this.#status, Uint8Array);
    this.#attempts = twice(this.#attempts, Uint32Array);
    this.#ended = twice(this.#ended, Uint32Array);
    this.#forgotten = twice(this.#forgotten, Uint32Array);
    this.#endIn = twice(this.#endIn, Uint32Array);
    this.#endAt = twice(this.#endAt, Float64Array);
    this.#startIn = twice(this.#startIn, Uint32Array);
    this.#startAt = twice(this.#startAt, Float64Array);
  }
}

function twice<T extends { readonly length: number; set(from: ArrayLike<number>): void }>(
  column: T & ArrayLike<number>,
  Column: new (length: number) => T & ArrayLike<number>,
): T & ArrayLike<number> {
  const longer = new Column(column.length * 2);
  longer.set(column);
  return longer;
}
