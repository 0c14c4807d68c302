import type { TaskEnd } from '../../task/record.js';
import { Sketch } from '../../task/timings/sketch.js';
import type { Counters } from './counters.js';

/** How long tasks took that have ended, and how many did in which worker. In little room, however many they are. */
export class TaskTimes {
  readonly #durations = new Sketch();
  readonly #byWorker = new Map<string, number>();

  add({ worker, startedAt, endedAt }: TaskEnd): void {
    this.#durations.add(endedAt - startedAt);
    this.#byWorker.set(worker, this.tasksOf(worker) + 1);
  }

  tasksOf(worker: string): number {
    return this.#byWorker.get(worker) ?? 0;
  }

  get taskMs(): NonNullable<Counters['taskMs']> {
    return this.#durations.percentiles();
  }
}
