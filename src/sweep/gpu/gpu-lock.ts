import type { LeaseRecord } from './lease-record.js';

/** Keeps the other sweeps of this machine off one GPU, until it is closed or its process ends, however that is. */
export interface GpuLock {
  /** What the holder before has left. */
  readonly before: LeaseRecord | undefined;
  /** From here on the next one finds this. */
  write(record: LeaseRecord): void;
  /** Lets the next one in. */
  close(): void;
}

/** It is somebody else's: what is known of them. */
export interface Held {
  readonly heldBy: LeaseRecord | undefined;
}

/** Tries once, and does not wait. */
export type TryLock = (key: string, signal?: AbortSignal) => Promise<GpuLock | Held>;
