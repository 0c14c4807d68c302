import { getHeapStatistics } from 'node:v8';
import type { Kind } from '../protocol/messages.js';

const MEGABYTE = 2 ** 20;
const EVERY_MS = 20; // looking costs some 20 us

/** Looks after calls whether a host holds more than it should: all of its process, or the heap of its thread. */
export class MemoryLimit {
  readonly #maxMb: number;
  readonly #isProcess: boolean;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isTold = false;

  constructor(maxMemoryMb: number, kind: Kind) {
    this.#maxMb = maxMemoryMb;
    this.#isProcess = kind === 'process' || kind === 'remote';
  }

  /** How much it holds, if that is too much and was not told before. */
  excess(now: number): number | undefined {
    if (this.#isTold || now - this.#lookedAt < EVERY_MS) return undefined;
    this.#lookedAt = now;
    const megabytes = Math.ceil(this.#held() / MEGABYTE);
    this.#isTold = megabytes > this.#maxMb;
    return this.#isTold ? megabytes : undefined;
  }

  #held(): number {
    if (this.#isProcess) return process.memoryUsage.rss();
    const { used_heap_size, external_memory } = getHeapStatistics();
    return used_heap_size + external_memory;
  }
}
