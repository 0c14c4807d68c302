import { after, type Timer } from '../base/deadline.js';
import { NoResultError } from '../base/errors.js';
import { Fifo } from '../base/fifo.js';
import type { Outcome } from './outcome.js';

/** The place of one call's outcome in the order of the calls. */
class Slot<T> {
  outcome: Outcome<T> | undefined;
  readonly #queue: ResultQueue<T>;

  constructor(queue: ResultQueue<T>) {
    this.#queue = queue;
  }

  settle(outcome: Outcome<T>): void {
    this.outcome = outcome;
    this.#queue.serve();
  }
}

interface Reader<T> {
  resolve(outcome: Outcome<T>): void;
  reject(error: unknown): void;
  timer: Timer | undefined;
}

/** Outcomes in the order in which their calls were made, for readers in the order in which they asked. */
export class ResultQueue<T> {
  readonly #slots = new Fifo<Slot<T>>();
  readonly #readers = new Fifo<Reader<T>>();
  #isClosed = false;

  /** Keeps the next place for a call, to be settled with its outcome. */
  reserve(): Slot<T> {
    const slot = new Slot<T>(this);
    this.#slots.push(slot);
    return slot;
  }

  /** The call that the last place was kept for did not come about. */
  giveUpLast(): void {
    this.#slots.pop();
  }

  /** No more places will be kept. */
  close(): void {
    this.#isClosed = true;
    this.serve();
  }

  next(timeoutMs: number): Promise<Outcome<T>> {
    const outcome = this.#readers.length === 0 ? this.#take() : undefined;
    if (outcome) return Promise.resolve(outcome);
    return new Promise((resolve, reject) => {
      const reader: Reader<T> = { resolve, reject, timer: undefined };
      this.#readers.push(reader);
      if (timeoutMs !== Number.POSITIVE_INFINITY)
        reader.timer = after(timeoutMs, () => {
          this.#readers.remove((waiting) => waiting === reader);
          reject(new NoResultError(`No result came within ${timeoutMs} ms.`, 'ERR_RESULT_TIMEOUT'));
        });
      this.serve();
    });
  }

  /** Up to `max` outcomes as `read` gives them, until there are no more. Where `read` throws, the next one can be read after that. */
  iterate<U>(max: number, read: (outcome: Outcome<T>) => U): AsyncIterableIterator<U> {
    let count = 0;
    const step = (outcome: Outcome<T>): IteratorResult<U> => ({ done: false, value: read(outcome) });
    const over = (): IteratorResult<U> => ({ done: true, value: undefined });
    const iterator: AsyncIterableIterator<U> = {
      [Symbol.asyncIterator]: () => iterator,
      next: async () => {
        if (count++ >= max) return over();
        const outcome = this.#readers.length === 0 ? this.#take() : undefined;
        if (outcome) return step(outcome);
        return this.next(Number.POSITIVE_INFINITY).then(step, (error) =>
          isEnd(error) ? over() : Promise.reject(error),
        );
      },
      return: async () => {
        count = max;
        return over();
      },
    };
    return iterator;
  }

  /** Forgets all outcomes and opens again; gives the number of results that nobody has read. */
  reset(): number {
    const dropped = this.#slots
      .clear()
      .filter(({ outcome }) => outcome?.type === 'returned' || outcome?.type === 'threw');
    this.#isClosed = false;
    return dropped.length;
  }

  /** Gives waiting readers what is there by now. */
  serve(): void {
    while (this.#readers.length > 0) {
      const outcome = this.#take();
      const isOver = !outcome && this.#isClosed && this.#slots.length === 0;
      if (!outcome && !isOver) return;
      const reader = this.#readers.shift();
      reader?.timer?.cancel();
      if (outcome) reader?.resolve(outcome);
      else
        reader?.reject(new NoResultError('All results have been read, and no more will come.', 'ERR_NO_MORE_RESULTS'));
    }
  }

  #take(): Outcome<T> | undefined {
    const outcome = this.#slots.peek()?.outcome;
    if (outcome) this.#slots.shift();
    return outcome;
  }
}

function isEnd(error: unknown): boolean {
  return error instanceof NoResultError && error.code === 'ERR_NO_MORE_RESULTS';
}
