import type { TaskEnd } from '../../task/record.js';
import type { Params } from '../../task/value.js';
import type { Task } from '../point.js';

export interface Resumed {
  readonly done: number;
  /** Early, by a rule: they are not run again. */
  readonly stopped: number;
  readonly again: number;
  readonly fresh: number;
}

/** What a sweep tells while it runs. */
export type SweepEvents = {
  /** Something is recorded of this plan already: what is over, what is run again since it failed or was cut off, and what is new. */
  resumed(known: Resumed): void;
  /** A worker has started. */
  worker(name: string): void;
  /** A worker waits, and why: for a GPU, say. */
  waiting(worker: string, reason: string): void;
  started(task: Task, worker: string, attempt: number): void;
  progress(task: Task, told: Params): void;
  ended(task: Task, end: TaskEnd): void;
  /** A failed attempt; the task is tried again. */
  retried(task: Task, end: TaskEnd): void;
  /** A task that had failed for good is to be done once more: somebody has asked for it. */
  reopened(task: Task): void;
  /** Something that the user should know, and that stops nothing. */
  note(text: string): void;
  /** No further task is begun. */
  halted(reason: string): void;
};
