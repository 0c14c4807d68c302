import { CallAbortedError } from '../../base/errors.js';
import { type ProcessRef, processOf } from '../../base/process-tree.js';
import type { Kind } from '../../protocol/messages.js';
import { target } from '../../target/target.js';
import type { Assignment, Load, Preparation, TaskReport } from '../../task/order.js';
import type { serveTask } from '../../task/task-main.js';
import type { PersistentWorkerOptions } from '../../worker/options.js';
import { PersistentWorker } from '../../worker/persistent-worker.js';
import { Performance } from './performance.js';
import { toldOfLimit } from './time-limit.js';

/** What every worker of a sweep runs. */
export const taskMain = target<typeof serveTask>(new URL('../../task/task-main.js', import.meta.url), 'serveTask');

export interface CallLimit {
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

/** A task as a worker is given it. */
export interface Performable {
  readonly assignment: Assignment;
  isGiven(performance: Performance): void;
}

/** One worker of a sweep, from its start to its end; whoever needs another one makes another one. */
export class SweepWorker {
  readonly #worker: PersistentWorker<typeof serveTask>;
  readonly #desk: string;
  /** What it holds, by variable: the text of the value. */
  readonly holds = new Map<string, string>();
  tasks = 0;
  /** What it is at, and what follows. */
  readonly #performances = new Set<Performance>();

  private constructor(worker: PersistentWorker<typeof serveTask>, desk: string) {
    this.#worker = worker;
    this.#desk = desk;
    worker.on('progress', (told) => this.#current?.onProgress?.(told));
  }

  /** Resolves when it is ready for tasks; rejects, with nothing left running, when it cannot be. */
  static async start(
    kind: Kind,
    {
      preparation,
      limit,
      ...options
    }: PersistentWorkerOptions & { name: string; preparation: Preparation; limit: CallLimit },
  ): Promise<SweepWorker> {
    const worker = new PersistentWorker<typeof serveTask>(kind, taskMain, options);
    const started = new SweepWorker(worker, `${options.name}/${crypto.randomUUID()}`);
    const { signal } = limit;
    const onAbort = (): void => void worker.terminate({ graceMs: 0 });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await worker.ready;
      await started.#call({ type: 'prepare', ...preparation, desk: started.#desk }, limit);
      return started;
    } catch (error) {
      await worker.terminate();
      const wasLate = error instanceof CallAbortedError && error.code === 'ERR_CALL_TIMEOUT';
      throw wasLate ? new Error(`it was not ready within its setupTimeoutMs of ${limit.timeoutMs}`) : error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  get isAlive(): boolean {
    return this.#worker.isAlive() && this.#worker.state !== 'terminating';
  }

  /** Of its own process, where it has one: on its machine. */
  get pid(): number | undefined {
    const { kind, id } = this.#worker;
    return kind === 'process' || kind === 'remote' ? id?.pid : undefined;
  }

  /** Its process on this machine, where it has one of its own. */
  get process(): ProcessRef | undefined {
    const pid = this.#worker.kind === 'process' ? this.#worker.id?.pid : undefined;
    return pid === undefined ? undefined : processOf(pid);
  }

  get host(): string {
    return this.#worker.id?.host ?? '';
  }

  get #current(): Performance | undefined {
    for (const performance of this.#performances) return performance;
    return undefined;
  }

  async load(load: Load, limit: CallLimit): Promise<void> {
    this.holds.delete(load.variable);
    await this.#call({ type: 'load', desk: this.#desk, ...load }, limit).catch((error: unknown) => {
      throw toldOfLimit(error, { variable: load.variable, ms: limit.timeoutMs });
    });
    this.holds.set(load.variable, JSON.stringify(load.value));
  }

  /** Gives it tasks, which it performs one after the other. */
  perform(tasks: readonly Performable[], { timeoutMs }: { readonly timeoutMs?: number | undefined }): void {
    const worker = this.#worker;
    const limits = timeoutMs === undefined ? undefined : { timeoutMs };
    const given = tasks.map((task) => {
      const performance: Performance = new Performance(worker, () => this.#performances.delete(performance));
      return { task, performance, args: [{ type: 'perform', desk: this.#desk, ...task.assignment }] as const };
    });
    this.tasks += given.length;
    const performances = given.map(({ performance }) => performance);
    const orders = given.map(({ args }) => args);
    const first = given.length > 1 ? worker.submitAll(orders, limits, performances) : undefined;
    for (const [place, { task, performance, args }] of given.entries()) {
      this.#performances.add(performance);
      performance.id = first === undefined ? worker.submit(args, limits, performance) : first + place;
      task.isGiven(performance);
    }
  }

  /** Takes back those whose turn has not come. */
  recall(): void {
    this.#worker.recall();
  }

  /** Lets it give back what it holds, then ends it with all that it started. Resolves when nothing of it is left. */
  async end({ graceMs, isHealthy }: { readonly graceMs: number; readonly isHealthy: boolean }): Promise<void> {
    if (isHealthy && this.isAlive) {
      await this.#worker
        .with({ timeoutMs: graceMs })
        .call({ type: 'finish', desk: this.#desk })
        .catch(() => {}); // what it could not give back ends with it
    }
    await this.#worker.terminate({ graceMs });
  }

  #call(order: Parameters<typeof serveTask>[0], { timeoutMs, signal }: CallLimit): Promise<TaskReport | undefined> {
    return this.#worker.with({ signal, ...(timeoutMs !== undefined && { timeoutMs }) }).call(order);
  }
}
