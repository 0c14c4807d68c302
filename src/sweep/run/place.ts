import type { Kind } from '../../protocol/messages.js';
import type { Preparation } from '../../task/order.js';
import type { PersistentWorkerOptions } from '../../worker/options.js';
import type { GpuSlot } from '../gpu/slot.js';
import type { Locate } from './assignments.js';
import type { Supervision } from './supervision.js';
import type { SweepWorker } from './sweep-worker.js';

/** Changes to the environment; `undefined` takes a variable away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a worker of a sweep works. */
export interface Place {
  readonly name: string;
  readonly kind: Kind;
  readonly host: string;
  /** As `CUDA_VISIBLE_DEVICES` names them. */
  readonly gpus: readonly string[];
  /** Where tasks write: in the sweep's own output folder, in the same one by another path, or in scratch folders. */
  readonly output: 'same' | 'scratch' | { readonly path: string };
  readonly options: PersistentWorkerOptions;
  readonly preparation: Preparation;
  /** Where and with what its commands run, where it is no process of its own. */
  readonly commandsIn?: { readonly cwd?: string; readonly env?: Environment };
  /** References as they are understood there. */
  readonly locate: Locate;
  readonly tasksMax: number;
  /** Waits for what the worker needs before it may start, its GPUs, and gives what is to be in its environment for it. */
  admit?(over: AbortSignal): Promise<Environment>;
  /** A worker has started there. */
  onStart?(worker: SweepWorker): void | Promise<void>;
  /** Nothing is left of the last worker, if there was one. */
  leave?(): Promise<void>;
  /** The place itself is given up. */
  vacate?(): void;
  readonly supervision?: Supervision;
  /** Its GPUs, where they are this machine's. */
  readonly slot?: GpuSlot;
}
