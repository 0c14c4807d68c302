import { Deferred } from '../../base/deferred.js';
import type { TaskReport } from '../../task/order.js';
import type { OpenCall } from '../../worker/call-book.js';
import { type Outcome, unwrap } from '../../worker/outcome.js';
import type { PersistentWorker } from '../../worker/persistent-worker.js';

/** A task that a worker is at, or will be. */
export class Performance implements OpenCall {
  /** What the task tells on its way. */
  onProgress: ((told: unknown) => void) | undefined;
  /** How long it took, where that is known. */
  ranMs: number | undefined;
  /** The number of its call. */
  id = 0;
  readonly #worker: Pick<PersistentWorker, 'abandon'>;
  readonly #onEnd: () => void;
  readonly #ended = new Deferred<Outcome<unknown>>();

  constructor(worker: Pick<PersistentWorker, 'abandon'>, onEnd: () => void) {
    this.#worker = worker;
    this.#onEnd = onEnd;
  }

  settle(outcome: Outcome<unknown>, ranUs?: number): void {
    if (ranUs !== undefined) this.ranMs = ranUs / 1000;
    this.#onEnd();
    this.#ended.resolve(outcome);
  }

  /** `undefined` when it was taken back before it began; rejects when it came to no report. */
  async report(): Promise<TaskReport | undefined> {
    const outcome = await this.#ended.promise;
    if (outcome.type === 'notRun') return undefined;
    return (unwrap(outcome) ?? {}) as TaskReport; // it is serveTask's answer
  }

  /** Whether it was taken back before it began. */
  async isTakenBack(): Promise<boolean> {
    const outcome = await this.#ended.promise;
    return outcome.type === 'notRun';
  }

  /** Asks the task to stop, then cuts it off, then kills it with its worker. */
  abandon(): void {
    void this.#worker.abandon(this.id, this.#ended.promise);
  }
}
