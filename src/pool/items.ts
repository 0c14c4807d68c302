import { Deferred } from '../base/deferred.js';
import { type PoolCode, PoolError, type PoolOutcome } from '../base/errors.js';
import { errorOf, type Outcome } from '../worker/outcome.js';
import type { Job, JobEnd } from './job.js';

/** How one input of a run ended. */
export type PoolItem<In, Value> = {
  readonly index: number;
  readonly input: In;
  /** The name of the worker that had it last. */
  readonly worker: string;
  /** How often it was tried. */
  readonly attempt: number;
  /** On the clock of `performance.now()`: when its turn came at that worker, and when its end was known. */
  readonly startedAt: number;
  readonly endedAt: number;
} & (
  | { readonly type: 'returned'; readonly value: Value }
  | { readonly type: 'threw' | 'terminated' | 'lost'; readonly error: unknown }
);

/** Why a run ended before it was through. */
export interface Stop {
  readonly code: PoolCode;
  readonly message: string;
  readonly cause?: unknown;
}

/** Where the ends of jobs go. */
export interface ItemSink<In> {
  /** No further input is to be begun until there is room again. */
  readonly isFull: boolean;
  push(job: Job<In>, outcome: Outcome<unknown>, end: JobEnd): void;
  /** There will be no more. */
  end(stop?: Stop): void;
}

export function itemOf<In, Value>(
  { index, input, attempt, startedAt }: Job<In>,
  outcome: Outcome<unknown>,
  { worker, endedAt }: JobEnd,
): PoolItem<In, Value> {
  if (outcome.type === 'returned') {
    const value = outcome.value as Value;
    return { index, input, worker, attempt, startedAt, endedAt, type: 'returned', value };
  }
  const type = outcome.type as 'threw'; // what has not run does not end
  return { index, input, worker, attempt, startedAt, endedAt, type, error: errorOf(outcome) };
}

/** Items for a reader who takes them one by one: in their order of arrival, or of the inputs. */
export class ItemQueue<In, Value> implements ItemSink<In> {
  readonly #max: () => number;
  readonly #isOrdered: boolean;
  readonly #onRoom: () => void;
  readonly #items = new Map<number, PoolItem<In, Value>>();
  #next = 0;
  #stop: Stop | undefined;
  #isEnded = false;
  /** Somebody waits for the next one. */
  #news: Deferred<void> | undefined;

  constructor(options: { max: () => number; isOrdered: boolean; onRoom: () => void }) {
    this.#max = options.max;
    this.#isOrdered = options.isOrdered;
    this.#onRoom = options.onRoom;
  }

  get isFull(): boolean {
    return this.#items.size >= this.#max();
  }

  push(job: Job<In>, outcome: Outcome<unknown>, end: JobEnd): void {
    this.#items.set(job.index, itemOf(job, outcome, end));
    this.#tell();
  }

  end(stop?: Stop): void {
    this.#stop = stop;
    this.#isEnded = true;
    this.#tell();
  }

  async *read(): AsyncGenerator<PoolItem<In, Value>> {
    for (;;) {
      const item = this.#take();
      if (item) yield item;
      else if (this.#isEnded) break;
      else await this.#awaitNews();
    }
    if (this.#stop) throw poolError(this.#stop, []);
  }

  #take(): PoolItem<In, Value> | undefined {
    const index = this.#isOrdered ? this.#next : (this.#items.keys().next().value ?? -1);
    const item = this.#items.get(index);
    if (!item) return undefined;
    const wasFull = this.isFull;
    this.#items.delete(index);
    this.#next += 1;
    if (wasFull) this.#onRoom();
    return item;
  }

  #awaitNews(): Promise<void> {
    this.#news ??= new Deferred();
    return this.#news.promise;
  }

  #tell(): void {
    this.#news?.resolve();
    this.#news = undefined;
  }
}

/** Values for somebody who waits for all of them; or, where nobody wants these, only for the end. */
export class ItemList<In, Value> implements ItemSink<In> {
  readonly isFull = false;
  readonly #isToKeep: boolean;
  readonly #values: Value[] = [];
  readonly #failed: PoolItem<In, unknown>[] = [];
  readonly #ended = new Deferred<readonly Value[]>();
  #count = 0;

  constructor({ keepValues = true }: { readonly keepValues?: boolean } = {}) {
    this.#isToKeep = keepValues;
  }

  /** Resolves with the values in the order of the inputs; rejects with a `PoolError` if there is not one for each. */
  get values(): Promise<readonly Value[]> {
    return this.#ended.promise;
  }

  push(job: Job<In>, outcome: Outcome<unknown>, end: JobEnd): void {
    if (job.index >= this.#count) this.#count = job.index + 1;
    if (outcome.type !== 'returned') this.#failed.push(itemOf(job, outcome, end));
    else this.#values[job.index] = (this.#isToKeep ? outcome.value : undefined) as Value;
  }

  end(stop?: Stop): void {
    if (!stop && this.#failed.length === 0) return this.#ended.resolve(this.#isToKeep ? this.#values : []);
    this.#ended.reject(poolError(stop ?? this.#failure(), this.#outcomes()));
  }

  #failure(): Stop {
    const [first] = this.#failed as [PoolItem<In, unknown> & { error: unknown }];
    const message = `${this.#failed.length} of ${this.#count} inputs failed, the first of them input ${first.index}.`;
    return { code: 'ERR_POOL_FAILED', message, cause: first.error };
  }

  #outcomes(): PoolOutcome[] {
    const outcomes = Array.from({ length: this.#count }, (_, index): PoolOutcome => {
      return index in this.#values ? { type: 'returned', value: this.#values[index] } : { type: 'notRun' };
    });
    for (const { index, type, ...item } of this.#failed) {
      outcomes[index] = { type, error: (item as { error?: unknown }).error };
    }
    return outcomes;
  }
}

function poolError({ message, code, ...rest }: Stop, outcomes: readonly PoolOutcome[]): PoolError {
  const because = rest.cause instanceof Error ? ` ${rest.cause.message}` : '';
  return new PoolError(`${message}${because}`, code, { outcomes, ...rest });
}
