import { getHeapStatistics } from 'node:v8';

const MEGABYTE = 2 ** 20;
const EVERY_MS = 20; // looking costs some 20 us

/** Looks after calls whether a host holds more than it should: all of its process, or the heap of its thread. Says so once. */
export class MemoryLimit {
  readonly #options: {
    readonly maxMb: number;
    readonly isProcess: boolean;
    onExcess(megabytes: number): void;
  };
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isTold = false;
  /** After a call that followed too soon on another one; nothing may follow on it. */
  #lateLook: NodeJS.Timeout | undefined;

  constructor(options: { maxMb: number; isProcess: boolean; onExcess(megabytes: number): void }) {
    this.#options = options;
  }

  look(now: number): void {
    if (this.#isTold) return;
    if (now - this.#lookedAt < EVERY_MS) {
      this.#lateLook ??= setTimeout(() => this.look(performance.now()), EVERY_MS).unref();
      return;
    }
    clearTimeout(this.#lateLook);
    this.#lateLook = undefined;
    this.#lookedAt = now;
    const megabytes = Math.ceil(this.#held() / MEGABYTE);
    this.#isTold = megabytes > this.#options.maxMb;
    if (this.#isTold) this.#options.onExcess(megabytes);
  }

  #held(): number {
    if (this.#options.isProcess) return process.memoryUsage.rss();
    const { used_heap_size, external_memory } = getHeapStatistics();
    return used_heap_size + external_memory;
  }
}
