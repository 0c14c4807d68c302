import { after } from '../base/deadline.js';
import { CallAbortedError, type PoolCode } from '../base/errors.js';
import { Fifo } from '../base/fifo.js';
import { errorOf, type Outcome } from '../worker/outcome.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';
import type { ItemSink, Stop } from './items.js';
import { Job, type JobOwner } from './job.js';
import type { PoolRunOptions, Retry } from './options.js';
import type { Slot } from './slot.js';
import { Inputs, type Source } from './source.js';

export interface PoolRunSpec<In> extends PoolRunOptions {
  readonly source: Source<In, PersistentWorker>;
  readonly sink: ItemSink<In>;
  readonly onError: 'stop' | 'collect';
  /** There may be something to be given to a worker now. */
  onWork(): void;
  onRetry(job: Job<In>, error: unknown): void;
  onOver(run: PoolRun<In>): void;
  /** Takes down what workers have of this run. */
  abandon(run: PoolRun<In>): void;
}

/** One run through some inputs: each of them ends once, as an item of the sink, or is not processed. */
export class PoolRun<In = unknown> implements JobOwner<In> {
  readonly timeoutMs: number | undefined;
  readonly #spec: PoolRunSpec<In>;
  readonly #retry: Required<Retry>;
  readonly #inputs: Inputs<In, PersistentWorker>;
  readonly #again = new Fifo<Job<In>>();
  #read = 0;
  #open = 0;
  #waiting = 0;
  #suspects = 0;
  #stop: Stop | undefined;
  #isOver = false;

  constructor(spec: PoolRunSpec<In>) {
    this.#spec = spec;
    this.timeoutMs = spec.timeoutMs;
    this.#retry = { attempts: 3, on: 'lost', backoffMs: 0, ...spec.retry };
    this.#inputs = new Inputs(spec.source, () => {
      this.#endIfThrough();
      spec.onWork();
    });
    spec.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (spec.signal?.aborted) this.#onAbort();
  }

  /** How many inputs it has read so far. */
  get count(): number {
    return this.#read;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  argsOf({ input }: Job<In>): readonly unknown[] {
    return this.#spec.spread ? (input as readonly unknown[]) : [input];
  }

  /** The next job for this worker, if there is one for it now. */
  take(slot: Slot): Job<In> | undefined {
    if (this.#isOver || this.#stop) return undefined;
    if (this.#suspects > 0 && slot.inFlight > 0) return undefined; // until it is known which of them kills workers
    const again = this.#again.shift();
    if (again) return again;
    if (this.#spec.sink.isFull) return undefined;
    const pulled = this.#inputs.next(slot.worker);
    if (pulled.type !== 'input') {
      if (pulled.type === 'end') this.#endIfThrough();
      return undefined;
    }
    this.#open += 1;
    return new Job(this.#read++, pulled.input);
  }

  /** The worker it was meant for takes nothing any more. */
  putBack(job: Job<In>): void {
    this.#again.push(job);
  }

  /** It could not be given to a worker: its arguments cannot be sent. */
  refuse(job: Job<In>, error: unknown, workerName: string): void {
    job.attempt += 1;
    job.startedAt = performance.now();
    this.#finish(job, { type: 'threw', error }, workerName);
  }

  settle(job: Job<In>, outcome: Outcome<unknown>, at: { workerName: string; wasAlone: boolean }): void {
    if (!this.#stop && this.#isToBeTriedAgain(job, outcome, at.wasAlone)) {
      this.#spec.onRetry(job, errorOf(outcome));
      return this.#tryAgain(job);
    }
    this.#finish(job, outcome, at.workerName);
  }

  /** Ends it: what is under way is taken down, what has not begun is not processed. */
  abort(code: PoolCode, message: string, cause?: unknown): void {
    if (this.#isOver || this.#stop) return;
    this.#stop = { code, message, ...(cause !== undefined && { cause }) };
    this.#inputs.close();
    this.#open -= this.#again.clear().length + this.#waiting;
    this.#waiting = 0;
    this.#spec.abandon(this);
    this.#endIfThrough();
  }

  readonly #onAbort = (): void =>
    this.abort('ERR_POOL_ABORTED', 'The run was aborted by its signal.', this.#spec.signal?.reason);

  #isToBeTriedAgain(job: Job<In>, outcome: Outcome<unknown>, wasAlone: boolean): boolean {
    const { attempts, on } = this.#retry;
    const isDeath = outcome.type === 'lost' || isEndOfWorker(outcome);
    if (isDeath && !mayHaveRun(outcome)) return true;
    if (isDeath && attempts > 1 && (!wasAlone || outcome.type === 'terminated')) {
      if (!job.isSuspect && outcome.type === 'lost') {
        job.isSuspect = true;
        this.#suspects += 1;
      }
      return true;
    }
    job.failures += 1;
    if (outcome.type === 'returned' || job.failures >= attempts) return false;
    return isDeath || on === 'any';
  }

  #tryAgain(job: Job<In>): void {
    const waitMs = job.failures === 0 ? 0 : this.#retry.backoffMs * 2 ** (job.failures - 1);
    const back = (): void => {
      this.#again.push(job);
      this.#spec.onWork();
    };
    if (waitMs === 0) return back();
    this.#waiting += 1;
    after(waitMs, () => {
      if (this.#stop) return;
      this.#waiting -= 1;
      back();
    });
  }

  #finish(job: Job<In>, outcome: Outcome<unknown>, worker: string): void {
    this.#open -= 1;
    if (job.isSuspect) this.#suspects -= 1;
    const { index, input, attempt, startedAt } = job;
    const facts = { index, input, worker, attempt, startedAt, endedAt: performance.now() };
    if (outcome.type === 'returned') {
      this.#spec.sink.push({ ...facts, type: 'returned', value: outcome.value });
    } else {
      const error = errorOf(outcome);
      this.#spec.sink.push({ ...facts, type: outcome.type as 'threw', error });
      if (this.#spec.onError === 'stop') this.abort('ERR_POOL_FAILED', `Input ${index} failed.`, error);
    }
    this.#endIfThrough();
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

/** The worker was ended, and not for this call's sake. */
function isEndOfWorker(outcome: Outcome<unknown>): boolean {
  return outcome.type === 'terminated' && !(outcome.error instanceof CallAbortedError);
}

function mayHaveRun(outcome: Outcome<unknown>): boolean {
  return (errorOf(outcome) as { mayHaveRun?: boolean } | undefined)?.mayHaveRun !== false;
}
