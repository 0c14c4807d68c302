import { Deferred } from '../base/deferred.js';
import { type PoolCode, PoolError, type PoolOutcome } from '../base/errors.js';

/** How one input of a run ended. */
export type PoolItem<In, Value> = {
  readonly index: number;
  readonly input: In;
  /** The name of the worker that had it last. */
  readonly worker: string;
  /** How often it was tried. */
  readonly attempt: number;
  /** On the clock of `performance.now()`: when it was given to that worker, and when its end was known. */
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

/** Where the items of a run go. */
export interface ItemSink<In> {
  /** No further input is to be begun until there is room again. */
  readonly isFull: boolean;
  push(item: PoolItem<In, unknown>): void;
  /** There will be no more. */
  end(stop?: Stop): void;
}

/** Tells somebody else of each item too. */
export function heardSink<In>(sink: ItemSink<In>, onItem: (item: PoolItem<In, unknown>) => void): ItemSink<In> {
  return {
    get isFull() {
      return sink.isFull;
    },
    push(item) {
      sink.push(item);
      onItem(item);
    },
    end: (stop) => sink.end(stop),
  };
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

  push(item: PoolItem<In, unknown>): void {
    this.#items.set(item.index, item as PoolItem<In, Value>);
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
    if (this.#stop) throw errorFor(this.#stop, []);
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

/** Values for somebody who waits for all of them. */
export class ItemList<In, Value> implements ItemSink<In> {
  readonly isFull = false;
  readonly #values: Value[] = [];
  readonly #failed: PoolItem<In, unknown>[] = [];
  readonly #ended = new Deferred<readonly Value[]>();
  #count = 0;

  /** Resolves with the values in the order of the inputs; rejects with a `PoolError` if there is not one for each. */
  get values(): Promise<readonly Value[]> {
    return this.#ended.promise;
  }

  push(item: PoolItem<In, unknown>): void {
    this.#count = Math.max(this.#count, item.index + 1);
    if (item.type === 'returned') this.#values[item.index] = item.value as Value;
    else this.#failed.push(item);
  }

  end(stop?: Stop): void {
    if (!stop && this.#failed.length === 0) return this.#ended.resolve(this.#values);
    this.#ended.reject(errorFor(stop ?? this.#failure(), this.#outcomes()));
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

function errorFor({ message, code, ...rest }: Stop, outcomes: readonly PoolOutcome[]): PoolError {
  const because = rest.cause instanceof Error ? ` ${rest.cause.message}` : '';
  return new PoolError(`${message}${because}`, code, { outcomes, ...rest });
}
