import { OptionError } from '../base/errors.js';
import type { AnyFunction } from '../target/target-ref.js';

/** What a function as a source returns when there are no more inputs. */
export const END: unique symbol = Symbol('end of inputs');

/** One input: the first argument of the target. */
export type InputOf<F extends AnyFunction> = AnyFunction extends F ? unknown : Parameters<F>[0];

/** Where inputs come from: anything that can be iterated over, or a function that is asked for the next one for a worker. */
export type Source<In, W> =
  | Iterable<In>
  | AsyncIterable<In>
  | ((worker: W) => In | typeof END | Promise<In | typeof END>);

/** A place where inputs go, and who is there now. */
export interface Asker<W> {
  readonly worker: W;
  /** Whether it takes one more at this moment. */
  readonly hasRoom: boolean;
}

/** What is to be had of a source at this moment. */
export type Pulled<In> =
  | { readonly type: 'input'; readonly input: In }
  | { readonly type: 'later' }
  | { readonly type: 'end' };

const LATER = { type: 'later' } as const;
const OVER = { type: 'end' } as const;

/** Reads a source one by one, and no further than it is asked to. */
export class Inputs<In, W> {
  readonly #pull: (worker: W | undefined) => IteratorResult<In> | Promise<IteratorResult<In>>;
  readonly #release: () => unknown;
  /** Called when an input that was not there yet has come. */
  readonly #onReady: () => void;
  #come: Pulled<In> | undefined;
  /** Who an input that comes late is for, if the source was told. */
  #wanted: { readonly asker: Asker<W>; readonly worker: W } | undefined;
  readonly #isForWorkers: boolean;
  #isAwaiting = false;
  #isOver = false;
  #read = 0;
  readonly #count: number | undefined;
  /** What the source has thrown. */
  failure: { readonly error: unknown } | undefined;

  constructor(source: Source<In, W>, onReady: () => void) {
    this.#onReady = onReady;
    this.#count = countOf(source);
    this.#isForWorkers = typeof source === 'function';
    const { pull, release } = opened(source);
    this.#pull = pull;
    this.#release = release;
  }

  get isOver(): boolean {
    return this.#come === undefined && (this.#isOver || this.left === 0);
  }

  /** How many are left, where the source knows. */
  get left(): number {
    if (this.#isOver) return this.#come === undefined ? 0 : 1;
    return this.#count === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.#count - this.#read);
  }

  /** Whether one may be had now. */
  get isReady(): boolean {
    return this.#come !== undefined || (!this.#isAwaiting && this.left > 0);
  }

  next(asker: Asker<W>): Pulled<In> {
    const come = this.#come;
    if (!come) return this.#ask(asker);
    if (this.#isKeptFrom(asker)) return LATER;
    this.#come = undefined;
    return come;
  }

  /** Whether there is one more, only a source that does not say how many it has can tell. Nobody has to be there to ask it. */
  look(): void {
    if (this.#come || this.#count !== undefined || this.#isForWorkers) return;
    const pulled = this.#ask();
    if (pulled.type === 'input' && !this.#isOver) this.#come = pulled;
  }

  /** Nobody wants more: generators run their `finally`. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#come = undefined;
    try {
      const released = this.#release();
      if (isPromise(released)) released.then(undefined, () => {}); // it was told; what it makes of it is its own affair
    } catch {}
  }

  #ask(asker?: Asker<W>): Pulled<In> {
    if (this.#isOver) return OVER;
    if (this.#isAwaiting) return LATER;
    try {
      const result = this.#pull(asker?.worker);
      if (!isPromise(result)) return this.#pulled(result);
      this.#isAwaiting = true;
      this.#wanted = asker && this.#isForWorkers ? { asker, worker: asker.worker } : undefined;
      void this.#await(result);
      return LATER;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** What was asked for one worker is for no other, if that one can have it now: it may be gone, or busy. */
  #isKeptFrom(asker: Asker<W>): boolean {
    if (!this.#wanted || this.#wanted.asker === asker) return false;
    const { asker: place, worker } = this.#wanted;
    return place.worker === worker && place.hasRoom;
  }

  async #await(result: PromiseLike<IteratorResult<In>>): Promise<void> {
    try {
      const pulled = this.#pulled(await result);
      if (!this.#isOver) this.#come = pulled;
    } catch (error) {
      this.#fail(error);
    }
    this.#isAwaiting = false;
    this.#onReady();
  }

  #pulled(result: IteratorResult<In>): Pulled<In> {
    if (!result.done) {
      this.#read += 1;
      return { type: 'input', input: result.value };
    }
    this.#isOver = true;
    return OVER;
  }

  #fail(error: unknown): Pulled<In> {
    this.failure ??= { error };
    this.#isOver = true;
    return OVER;
  }
}

function countOf(source: unknown): number | undefined {
  if (Array.isArray(source) || ArrayBuffer.isView(source)) return (source as unknown as ArrayLike<unknown>).length;
  return source instanceof Set || source instanceof Map ? source.size : undefined;
}

function opened<In, W>(source: Source<In, W>) {
  if (typeof source === 'function') {
    const pull = (worker: W | undefined) => resultOf(source(worker as W)); // it is asked for a worker only
    return { pull, release: () => {} };
  }
  const iterator = iteratorOf(source);
  return { pull: () => iterator.next(), release: () => iterator.return?.() };
}

function iteratorOf<In, W>(source: Source<In, W>): Iterator<In> | AsyncIterator<In> {
  const iterable = source as Partial<Iterable<In> & AsyncIterable<In>> | null | undefined;
  const iterator = iterable?.[Symbol.asyncIterator]?.() ?? iterable?.[Symbol.iterator]?.();
  if (iterator) return iterator;
  throw new OptionError(
    'Inputs are something to iterate over, sync or async, or a function that returns the next one.',
  );
}

function resultOf<In>(
  given: In | typeof END | Promise<In | typeof END>,
): IteratorResult<In> | Promise<IteratorResult<In>> {
  if (isPromise(given))
    return given.then((each) => resultOf(each) as IteratorResult<In>) as Promise<IteratorResult<In>>;
  return given === END ? { done: true, value: undefined } : { done: false, value: given };
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === 'function';
}

/** Goes through several sources side by side, as far as the shortest: lists of arguments for a run with `spread`. */
export function* zip<Sources extends readonly Iterable<unknown>[]>(
  ...sources: Sources
): Generator<{ [K in keyof Sources]: Sources[K] extends Iterable<infer T> ? T : never }> {
  const iterators = sources.map((source) => source[Symbol.iterator]());
  try {
    for (;;) {
      const results = iterators.map((iterator) => iterator.next());
      if (results.length === 0 || results.some(({ done }) => done)) return;
      yield results.map(({ value }) => value) as never;
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}
