import { setMaxListeners } from 'node:events';
import { Deferred } from '../../base/deferred.js';
import type { Estimate } from '../batch/estimate.js';
import type { Task } from '../point.js';

/** What a task cost, for those who deal tasks by it. */
export interface Cost {
  readonly worker: string;
  /** By variable. */
  readonly loadMs: Readonly<Record<string, number>>;
  readonly taskMs: number | undefined;
}

/** Where tasks come from, in which order, and to whom. */
export interface Agenda {
  /** The next task for a worker; `undefined` when there is none for it now. */
  take(worker: string): Task | undefined | Promise<Task | undefined>;
  /** Up to so many that the worker would take next, where that is known before the last one has ended. */
  takeMore?(worker: string, count: number): readonly Task[];
  /** It is to be done again, or was not begun; with `front` before any other. */
  giveBack(task: Task, options?: { readonly front: boolean }): void;
  /** It is over. */
  ended(task: Task, cost: Cost): void;
  /** These have ended, and are to be done once more all the same. */
  again(tasks: readonly Task[]): void;
  /** What the worker kept in memory is gone. */
  forget(worker: string): void;
  /** Tasks that have not ended, those that are out among them. */
  readonly left: number;
  /** Tasks that nobody has, as far as one knows. */
  readonly waiting: number;
  /** How long so many workers will need yet; `undefined` while that is not known. */
  estimate(workers: number): Estimate | undefined;
}

export interface GiveBack {
  readonly isNext?: boolean;
  readonly isSuspect?: boolean;
}

/** Lets workers wait until there is something to do, and sends them home when there will be nothing any more. */
export class Queue {
  readonly #agenda: Agenda;
  #changed = new Deferred<void>();
  readonly #over = new AbortController();
  #isClosed = false;
  /** Only one task may be out, until it is over: a canary, or one whose memory is measured. */
  #atOnce = Number.POSITIVE_INFINITY;
  #out = 0;
  /** Tasks one of which may have taken its worker down. */
  readonly #suspects = new Set<string>();

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
    setMaxListeners(0, this.over); // as many as there are workers
    if (agenda.left === 0) this.#over.abort();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether all but a first task have to wait. */
  get isLimited(): boolean {
    return this.#atOnce < Number.POSITIVE_INFINITY;
  }

  /** Aborts when no further task will be begun. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Tasks that have not ended. */
  get left(): number {
    return this.#agenda.left;
  }

  /** Waits until there may be a task for somebody who comes; `false` when there will be none any more, or it leaves. */
  async hasWork(leaving: AbortSignal): Promise<boolean> {
    while (!this.#over.signal.aborted && !leaving.aborted) {
      if (this.#agenda.waiting > 0 && this.#out < this.#atOnce) return true;
      await this.#changed.promise;
    }
    return false;
  }

  /** Resolves with `undefined` when the worker has nothing left to do, or leaves: after that, `wake`. */
  async next(worker: string, leaving: AbortSignal): Promise<Task | undefined> {
    for (;;) {
      if (this.#over.signal.aborted || leaving.aborted) return undefined;
      const changed = this.#changed.promise;
      if (this.#out < this.#atOnce) {
        const answer = this.#agenda.take(worker);
        const task = answer instanceof Promise ? await answer : answer;
        if (task) {
          this.#out += 1;
          return task;
        }
        if (this.#agenda.left === 0) {
          this.#over.abort();
          return undefined;
        }
      }
      await changed;
    }
  }

  /** Tasks that a worker can be given together with the one it has just got. None while it is to be found out who takes workers down. */
  more(worker: string, count: number): readonly Task[] {
    if (count <= 0 || this.isLimited || this.#suspects.size > 0 || this.#over.signal.aborted) return [];
    const tasks = this.#agenda.takeMore?.(worker, count) ?? [];
    this.#out += tasks.length;
    return tasks;
  }

  /**
   * `isNext`: it was about to be done, and is to be before others. `isSuspect`: it may have taken its worker down, or another
   * one that is given back; each of them goes alone from now on.
   */
  giveBack(task: Task, { isNext = false, isSuspect = false }: GiveBack = {}): void {
    this.#out -= 1;
    if (isSuspect) this.#suspects.add(task.point.id);
    this.#agenda.giveBack(task, { front: isNext || this.isLimited });
    this.#tell();
  }

  ended(task: Task, cost: Cost): void {
    this.#out -= 1;
    this.#suspects.delete(task.point.id);
    this.#agenda.ended(task, cost);
    this.#tell();
  }

  /** A task waits for its turn to be given back: it counts as out no more, and as left all the same. */
  setAside(): void {
    this.#out -= 1;
    this.#tell();
  }

  /** The end of `setAside`. */
  takeUp(task: Task): void {
    this.#agenda.giveBack(task);
    this.#tell();
  }

  again(tasks: readonly Task[]): void {
    this.#agenda.again(tasks);
    this.#tell();
  }

  /** Lets all who wait look again. */
  wake(): void {
    this.#tell();
  }

  estimate(workers: number): Estimate | undefined {
    return this.#agenda.estimate(workers);
  }

  forget(worker: string): void {
    this.#agenda.forget(worker);
    this.#tell();
  }

  limitTo(atOnce: number): void {
    this.#atOnce = atOnce;
    this.#tell();
  }

  /** No further task is begun. */
  close(): void {
    this.#isClosed = true;
    this.#tell();
  }

  #tell(): void {
    if (this.#isClosed || this.#agenda.left === 0) this.#over.abort();
    const changed = this.#changed;
    this.#changed = new Deferred();
    changed.resolve();
  }
}
