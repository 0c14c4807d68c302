import type { TaskEnd } from '../../task/record.js';
import type { Params } from '../../task/value.js';
import type { Task } from '../point.js';
import type { Agenda } from './agenda.js';
import type { Search, Trial } from './search.js';

const REPEATS_MAX = 1000;

export interface SearchAgendaOptions {
  readonly search: Search;
  /** At most so many points. */
  readonly limit: number;
  makeTask(params: Params, index: number): Task;
  /** The record of a point that was over before: it is not run again, and told to the search all the same. */
  recall(task: Task): Promise<TaskEnd | undefined>;
  onTask(task: Task): void;
  onRecalled(task: Task, end: TaskEnd): void;
}

/** Asks a search for points, one at a time, and tells it what came of each. */
export class SearchAgenda implements Agenda {
  readonly #options: SearchAgendaOptions;
  readonly #history: Trial[] = [];
  readonly #back: Task[] = [];
  /** Where each point is in the history, by its id. */
  readonly #places = new Map<string, number>();
  readonly #seen = new Set<string>();
  #asking: Promise<Task | undefined> | undefined;
  #count = 0;
  #out = 0;
  #isOver = false;
  #repeats = 0;

  constructor(options: SearchAgendaOptions) {
    this.#options = options;
  }

  async take(): Promise<Task | undefined> {
    const back = this.#back.shift();
    if (back) return this.#handOut(back);
    while (this.#asking) await this.#asking; // the search is asked by one worker at a time
    this.#asking = this.#ask();
    try {
      const task = await this.#asking;
      return task && this.#handOut(task);
    } finally {
      this.#asking = undefined;
    }
  }

  giveBack(task: Task): void {
    this.#out -= 1;
    this.#back.push(task);
  }

  ended(): void {
    this.#out -= 1;
  }

  again(tasks: readonly Task[]): void {
    this.#back.push(...tasks);
  }

  /** Nobody knows what a search will ask for. */
  estimate(): undefined {
    return undefined;
  }

  /** What came of a task, told to the search before anybody asks again. What comes later of the same one replaces it. */
  async report(task: Task, end: TaskEnd): Promise<void> {
    const { params } = task.point;
    const place = this.#places.get(end.id) ?? this.#history.length;
    this.#places.set(end.id, place);
    this.#history[place] = { params, end };
    await this.#options.search.report?.(params, end);
  }

  forget(): void {}

  /** Infinite while there may be more. */
  get left(): number {
    return this.#isOver && this.#out === 0 && this.#back.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  get waiting(): number {
    return this.#isOver ? this.#back.length : Number.POSITIVE_INFINITY;
  }

  #handOut(task: Task): Task {
    this.#out += 1;
    return task;
  }

  #refuseEndless({ point }: Task): void {
    this.#repeats += 1;
    if (this.#repeats <= REPEATS_MAX) return;
    throw new Error(
      `The search has given ${REPEATS_MAX} points in a row that were there before, the last one ${JSON.stringify(point.params)}. Let next() return undefined when it has nothing new.`,
    );
  }

  async #ask(): Promise<Task | undefined> {
    const { search, limit, makeTask, recall, onTask, onRecalled } = this.#options;
    while (this.#count < limit) {
      const params = await search.next(this.#history);
      if (params === undefined) {
        this.#isOver = this.#out === 0;
        return undefined;
      }
      const task = makeTask(params, this.#count);
      if (this.#seen.has(task.point.id)) {
        this.#refuseEndless(task);
        const known = this.#history[this.#places.get(task.point.id) ?? -1];
        if (known) await search.report?.(params, known.end);
        continue;
      }
      this.#repeats = 0;
      this.#seen.add(task.point.id);
      this.#count += 1;
      onTask(task);
      const end = await recall(task);
      if (!end) return task;
      onRecalled(task, end);
      await this.report(task, end);
    }
    this.#isOver = true;
    return undefined;
  }
}
