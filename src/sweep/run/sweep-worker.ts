import { Deferred } from '../../base/deferred.js';
import { type ProcessRef, processOf } from '../../base/process-tree.js';
import type { Kind } from '../../protocol/messages.js';
import { target } from '../../target/target.js';
import type { Assignment, Load, Preparation, TaskReport } from '../../task/order.js';
import type { serveTask } from '../../task/task-main.js';
import type { PersistentWorkerOptions } from '../../worker/options.js';
import { type Outcome, unwrap } from '../../worker/outcome.js';
import { PersistentWorker } from '../../worker/persistent-worker.js';

const main = target<typeof serveTask>(new URL('../../task/task-main.js', import.meta.url), 'serveTask');

export interface CallLimit {
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

export interface PerformOptions {
  readonly timeoutMs: number | undefined;
  onProgress(told: unknown): void;
}

/** A task that a worker is at. */
export interface Performance {
  /** Rejects when it came to no report. */
  readonly report: Promise<TaskReport>;
  /** Asks the task to stop, then cuts it off, then kills it with its worker. */
  abandon(): void;
}

/** One worker of a sweep, from its start to its end; whoever needs another one makes another one. */
export class SweepWorker {
  readonly #worker: PersistentWorker<typeof serveTask>;
  readonly #desk: string;
  /** What it holds, by variable: the text of the value. */
  readonly holds = new Map<string, string>();
  tasks = 0;
  #onProgress: ((told: unknown) => void) | undefined;

  private constructor(worker: PersistentWorker<typeof serveTask>, desk: string) {
    this.#worker = worker;
    this.#desk = desk;
    worker.on('progress', (told) => this.#onProgress?.(told));
  }

  /** Resolves when it is ready for tasks; rejects, with nothing left running, when it cannot be. */
  static async start(
    kind: Kind,
    {
      preparation,
      signal,
      ...options
    }: PersistentWorkerOptions & { name: string; preparation: Preparation; signal: AbortSignal },
  ): Promise<SweepWorker> {
    const worker = new PersistentWorker<typeof serveTask>(kind, main, options);
    const started = new SweepWorker(worker, `${options.name}/${crypto.randomUUID()}`);
    const onAbort = (): void => void worker.terminate({ graceMs: 0 });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await worker.ready;
      await worker.with({ signal }).call({ type: 'prepare', desk: started.#desk, ...preparation });
      return started;
    } catch (error) {
      await worker.terminate();
      throw error;
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

  async load(load: Load, limit: CallLimit): Promise<void> {
    this.holds.delete(load.variable);
    await this.#call({ type: 'load', desk: this.#desk, ...load }, limit);
    this.holds.set(load.variable, JSON.stringify(load.value));
  }

  /** Begins a task. Without an `AbortSignal` of its own: tasks may be many and short. */
  perform(assignment: Assignment, { timeoutMs, onProgress }: PerformOptions): Performance {
    this.tasks += 1;
    this.#onProgress = onProgress;
    const worker = this.#worker;
    const limits = timeoutMs === undefined ? undefined : { timeoutMs };
    const ended = new Deferred<Outcome<unknown>>();
    const settle = (outcome: Outcome<unknown>): void => ended.resolve(outcome);
    const id = worker.submit([{ type: 'perform', desk: this.#desk, ...assignment }], limits, { settle });
    const report = ended.promise.then((outcome) => {
      this.#onProgress = undefined;
      return (unwrap(outcome) ?? {}) as TaskReport; // it is serveTask's answer
    });
    return { report, abandon: () => void worker.abandon(id, ended.promise) };
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
