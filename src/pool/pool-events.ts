import type { PoolItem } from './items.js';

/** What a pool tells of itself while it runs. */
export type PoolEvents = {
  /** A worker has joined, or has taken the place of another one. */
  readonly worker: (name: string) => void;
  /** A worker has an input, and works on it as soon as it is through with those before. */
  readonly enqueued: (index: number, worker: string) => void;
  /**
   * The turn of an input has come at its worker: once for each attempt. If the call was taken back in that very moment,
   * it is another worker that has it in the end, the one that `finished` names.
   */
  readonly started: (index: number, worker: string) => void;
  /** The target has said `context().progress(value)`, or yielded it. */
  readonly progress: (value: unknown, index: number | undefined, worker: string) => void;
  readonly finished: (item: PoolItem<unknown, unknown>) => void;
  readonly failed: (item: PoolItem<unknown, unknown>) => void;
  /** An input will be tried again. */
  readonly retried: (index: number, error: unknown) => void;
  /** A worker has ended by itself. */
  readonly died: (name: string, error: unknown) => void;
  /** No run is left. */
  readonly idle: () => void;
};
