import type { TaskEnd } from '../../task/record.js';

/** How far a sweep is. */
export interface Counters {
  /** Tasks of the plan; of a search, those that came so far. */
  readonly total: number;
  /** Done before this run began. */
  readonly skipped: number;
  readonly active: number;
  /** Ended in this run: `done + failures + stopped + cancelled`. */
  readonly finished: number;
  readonly done: number;
  readonly failures: number;
  readonly stopped: number;
  readonly cancelled: number;
  /** Failed attempts, also those that were tried again. */
  readonly exceptions: number;
  readonly retried: number;
  readonly loads: number;
  readonly loadMs: number;
}

/** Counts what happens. */
export class Tally {
  readonly #counters = {
    total: 0,
    skipped: 0,
    active: 0,
    finished: 0,
    done: 0,
    failures: 0,
    stopped: 0,
    cancelled: 0,
    exceptions: 0,
    retried: 0,
    loads: 0,
    loadMs: 0,
  };

  get counters(): Counters {
    return { ...this.#counters };
  }

  expect(total: number): void {
    this.#counters.total += total;
  }

  skip(): void {
    this.#counters.skipped += 1;
  }

  begin(): void {
    this.#counters.active += 1;
  }

  /** One that was said to have begun has not. */
  takeBack(): void {
    this.#counters.active -= 1;
  }

  /** Failed tasks that are to be done once more after all. */
  reopen(count: number): void {
    this.#counters.finished -= count;
    this.#counters.failures -= count;
    this.#counters.retried += count;
  }

  end(end: TaskEnd, { isRetried }: { readonly isRetried: boolean }): void {
    const counters = this.#counters;
    counters.active -= 1;
    const loads = Object.values(end.loadMs ?? {});
    counters.loads += loads.length;
    counters.loadMs += loads.reduce((sum, ms) => sum + ms, 0);
    if (end.status === 'failed') counters.exceptions += 1;
    if (isRetried) {
      counters.retried += 1;
      return;
    }
    counters.finished += 1;
    counters[end.status === 'failed' ? 'failures' : end.status] += 1;
  }

  /** A failed task that was to be tried again will not be. */
  giveUp(): void {
    this.#counters.finished += 1;
    this.#counters.failures += 1;
  }
}
