import { after, type Timer } from '../base/deadline.js';
import type { PoolCode } from '../base/errors.js';
import { Fifo } from '../base/fifo.js';
import { errorOf, type Outcome } from '../worker/outcome.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';
import { isAskedFor, isDeath, mayHaveRun } from './death.js';
import type { ItemSink, Stop } from './items.js';
import { Job, type JobEnd, type JobOwner } from './job.js';
import type { PoolRunOptions, Retry } from './options.js';
import { SetAside } from './set-aside.js';
import type { Slot } from './slot.js';
import { Inputs, type Source } from './source.js';

export interface PoolRunSpec<In> extends PoolRunOptions {
  readonly source: Source<In, PersistentWorker>;
  readonly sink: ItemSink<In>;
  readonly onError: 'stop' | 'collect';
  /** There may be something to be given to a worker now. */
  onWork(): void;
  onEnd(job: Job<In>, outcome: Outcome<unknown>, end: JobEnd): void;
  onRetry(job: Job<In>, error: unknown): void;
  onOver(run: PoolRun<In>): void;
  /** Takes down what workers have of this run. */
  abandon(run: PoolRun<In>): void;
}

/** One run through some inputs: each of them ends once, as an item of the sink, or is not processed. */
export class PoolRun<In = unknown> implements JobOwner<In> {
  readonly timeoutMs: number | undefined;
  readonly priority: number;
  readonly #spec: PoolRunSpec<In>;
  readonly #retry: Required<Retry>;
  readonly #inputs: Inputs<In, PersistentWorker>;
  readonly #again = new Fifo<Job<In>>();
  readonly #setAside: SetAside<In>;
  #read = 0;
  #open = 0;
  /** Of jobs that are tried again after a while. */
  readonly #waiting = new Set<Timer>();
  #suspects = 0;
  #stop: Stop | undefined;
  #isOver = false;

  constructor(spec: PoolRunSpec<In>) {
    this.#spec = spec;
    this.timeoutMs = spec.timeoutMs;
    this.priority = spec.priority ?? 0;
    this.#retry = { attempts: 3, on: 'lost', backoffMs: 0, ...spec.retry };
    this.#setAside = new SetAside(spec.choose as ((worker: PersistentWorker, input: In) => boolean) | undefined);
    this.#inputs = new Inputs(spec.source, () => {
      this.#endIfThrough();
      spec.onWork();
    });
    spec.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (spec.signal?.aborted) this.#onAbort();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isStopped(): boolean {
    return this.#stop !== undefined;
  }

  /** One of those that wait kills workers, perhaps: it has to be alone at one. */
  get hasSuspects(): boolean {
    return this.#suspects > 0 && this.#again.length > 0;
  }

  /** How many inputs wait for a worker, where that is known. */
  get backlog(): number {
    if (this.#isOver || this.#stop) return 0;
    return this.#again.length + this.#setAside.length + (this.#spec.sink.isFull ? 0 : this.#inputs.left);
  }

  /** Whether there is something to be had now, as far as one can know without asking the source. */
  get isHungry(): boolean {
    if (this.#isOver || this.#stop) return false;
    return this.#again.length + this.#setAside.length > 0 || (!this.#spec.sink.isFull && this.#inputs.isReady);
  }

  /** Ends it, if there is nothing to do. */
  begin(): void {
    this.#endIfThrough();
  }

  argsOf({ input }: Job<In>): readonly unknown[] {
    return this.#spec.spread ? (input as readonly unknown[]) : [input];
  }

  /** The next jobs for this worker, as many as there are for it now, and no more than `count`. */
  take(slot: Slot, count: number): Job<In>[] {
    const jobs: Job<In>[] = [];
    while (jobs.length < count && !this.#isOver && !this.#stop) {
      if (this.#suspects > 0 && slot.load.inFlight + jobs.length > 0) break; // until it is known which of them kills workers
      const job = this.#next(slot);
      if (!job) break;
      jobs.push(job);
    }
    return jobs;
  }

  takeBack(job: Job<In>): void {
    if (this.#stop) {
      this.#close(job);
      this.#endIfThrough();
      return;
    }
    this.#again.push(job);
    this.#spec.onWork();
  }

  refuse(job: Job<In>, error: unknown, end: JobEnd): void {
    job.attempt += 1;
    this.#finish(job, { type: 'threw', error }, end);
  }

  settle(job: Job<In>, outcome: Outcome<unknown>, end: JobEnd): void {
    if (outcome.type !== 'returned' && !this.#stop && this.#isToBeTriedAgain(job, outcome, end.wasAlone)) {
      this.#spec.onRetry(job, errorOf(outcome));
      if (!this.#stop) return this.#tryAgain(job);
    }
    if (this.#stop && outcome.type === 'terminated' && !mayHaveRun(outcome)) return this.takeBack(job);
    this.#finish(job, outcome, end);
  }

  /** Nobody takes what is left, and nobody is at work. Ends the run if that cannot change by itself. */
  endIfRefused(): void {
    const [job] = this.#setAside.jobs;
    if (!job || this.#open > this.#setAside.length || !(this.#inputs.isOver || this.#setAside.isFull)) return;
    this.abort('ERR_POOL_REFUSED', `choose() refused input ${job.index} for every worker, and none is at work.`);
  }

  /** No worker is there. Ends it, unless it waits for its source, which may turn out to be over. */
  endForLackOfWorkers(cause: unknown): void {
    this.#inputs.look();
    this.#endIfThrough();
    if (this.#open === 0 && !this.#inputs.isReady) return;
    this.abort('ERR_POOL_NO_WORKERS', 'There is no worker, or none is left: add some with addWorker().', cause);
  }

  /** Ends it: what is under way is taken down, what has not begun is not processed. */
  abort(code: PoolCode, message: string, cause?: unknown): void {
    if (this.#isOver || this.#stop) return;
    this.#stop = { code, message, ...(cause !== undefined && { cause }) };
    this.#inputs.close();
    this.#open -= this.#again.clear().length + this.#setAside.clear() + this.#waiting.size;
    for (const timer of this.#waiting) timer.cancel();
    this.#waiting.clear();
    this.#spec.abandon(this);
    this.#endIfThrough();
  }

  readonly #onAbort = (): void =>
    this.abort('ERR_POOL_ABORTED', 'The run was aborted by its signal.', this.#spec.signal?.reason);

  #next(slot: Slot): Job<In> | undefined {
    const { worker } = slot;
    try {
      const waiting = this.#setAside.takeFor(worker);
      if (waiting) return waiting;
      for (;;) {
        const job = this.#again.shift() ?? (this.#setAside.isFull ? undefined : this.#pull(slot));
        if (!job || this.#setAside.offer(worker, job)) return job;
      }
    } catch (error) {
      this.abort('ERR_POOL_REFUSED', 'choose() has thrown.', error);
    }
    return undefined;
  }

  #pull(slot: Slot): Job<In> | undefined {
    if (this.#spec.sink.isFull) return undefined;
    const pulled = this.#inputs.next(slot);
    if (this.#stop) return undefined; // it was the source that ended the run
    if (pulled.type === 'input') {
      this.#open += 1;
      return new Job(this.#read++, pulled.input, this);
    }
    if (pulled.type === 'end') this.#endIfThrough();
    return undefined;
  }

  #isToBeTriedAgain(job: Job<In>, outcome: Outcome<unknown>, wasAlone: boolean): boolean {
    const { attempts, on } = this.#retry;
    const hasDied = isDeath(outcome);
    if (hasDied && !mayHaveRun(outcome)) return true;
    if (hasDied && attempts > 1 && (!wasAlone || isAskedFor(outcome))) {
      if (!job.isSuspect && outcome.type === 'lost') {
        job.isSuspect = true;
        this.#suspects += 1;
      }
      return true;
    }
    job.failures += 1;
    return job.failures < attempts && (hasDied || on === 'any');
  }

  #tryAgain(job: Job<In>): void {
    const waitMs = job.failures === 0 ? 0 : this.#retry.backoffMs * 2 ** (job.failures - 1);
    const back = (): void => {
      this.#again.push(job);
      this.#spec.onWork();
    };
    if (waitMs === 0) return back();
    const timer = after(waitMs, () => {
      this.#waiting.delete(timer);
      back();
    });
    this.#waiting.add(timer);
  }

  #finish(job: Job<In>, outcome: Outcome<unknown>, end: JobEnd): void {
    this.#close(job);
    this.#spec.sink.push(job, outcome, end);
    this.#spec.onEnd(job, outcome, end);
    if (outcome.type !== 'returned' && this.#spec.onError === 'stop') {
      this.abort('ERR_POOL_FAILED', `Input ${job.index} failed.`, errorOf(outcome));
    }
    this.#endIfThrough();
  }

  #close(job: Job<In>): void {
    this.#open -= 1;
    if (job.isSuspect) this.#suspects -= 1;
  }

  #endIfThrough(): void {
    if (this.#isOver || this.#open > 0) return;
    const { failure } = this.#inputs;
    if (failure && !this.#stop) {
      this.#stop = { code: 'ERR_POOL_SOURCE', message: 'The source of the inputs has thrown.', cause: failure.error };
    }
    if (!this.#stop && !this.#inputs.isOver) return;
    this.#isOver = true;
    this.#spec.signal?.removeEventListener('abort', this.#onAbort);
    this.#spec.sink.end(this.#stop);
    this.#spec.onOver(this);
  }
}
