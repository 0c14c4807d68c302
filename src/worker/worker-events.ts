import type { WorkerState } from './lifecycle.js';

/** What a worker tells while it lives. `stdout` and `stderr` need the option `stdio: 'pipe'`. */
export type WorkerEvents = {
  state(state: WorkerState): void;
  progress(value: unknown): void;
  /** A persistent worker holds more than its `maxMemoryMb` after a call. Told once. */
  outgrown(megabytes: number): void;
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
};
