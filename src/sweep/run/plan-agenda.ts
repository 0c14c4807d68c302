import type { Dealer } from '../batch/dealer.js';
import type { Estimate } from '../batch/estimate.js';
import type { Task } from '../point.js';
import type { Agenda, Cost } from './agenda.js';

/** The tasks of a plan, dealt so that what is expensive to load is loaded as few times as possible. */
export class PlanAgenda implements Agenda {
  readonly #taskAt: (index: number) => Task;
  readonly #dealer: Dealer;
  /** Variables by level. */
  readonly #levels: readonly (readonly string[])[];

  constructor(taskAt: (index: number) => Task, dealer: Dealer, levels: readonly (readonly string[])[]) {
    this.#taskAt = taskAt;
    this.#dealer = dealer;
    this.#levels = levels;
  }

  take(worker: string): Task | undefined {
    const index = this.#dealer.next(worker);
    return index === undefined ? undefined : this.#taskAt(index);
  }

  takeMore(worker: string, count: number): Task[] {
    const tasks: Task[] = [];
    while (tasks.length < count) {
      const task = this.take(worker);
      if (!task) break;
      tasks.push(task);
    }
    return tasks;
  }

  giveBack(task: Task, options?: { readonly front: boolean }): void {
    this.#dealer.giveBack(task.index, options);
  }

  ended(task: Task, cost: Cost): void {
    const { worker, taskMs, loadMs } = cost;
    this.#dealer.ended(task.index, {
      worker,
      ...(taskMs !== undefined && { taskMs }),
      loadMs: this.#levels.map((names) => sumOf(names, loadMs)),
    });
  }

  again(tasks: readonly Task[]): void {
    this.#dealer.again(tasks.map(({ index }) => index));
  }

  estimate(workers: number): Estimate | undefined {
    return this.#dealer.estimate(workers);
  }

  forget(worker: string): void {
    this.#dealer.leave(worker);
  }

  get left(): number {
    return this.#dealer.left + this.#dealer.handedOut;
  }

  get waiting(): number {
    return this.#dealer.left;
  }
}

/** The variables of one level move together. */
function sumOf(names: readonly string[], loadMs: Readonly<Record<string, number>>): number | undefined {
  const known = names.flatMap((name) => loadMs[name] ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, ms) => sum + ms, 0);
}
