import { TreeMemory } from './tree-memory.js';

const EVERY_MS = 200;
const MEGABYTE = 2 ** 20;

/**
 * By how much this process has grown since, with all that it started: for tasks that run within it, as threads or inline.
 * Several at a time cannot be told apart.
 */
export class MemoryGrowth {
  readonly #start = process.memoryUsage.rss();
  readonly #children: TreeMemory;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(everyMs = EVERY_MS) {
    this.#children = new TreeMemory(process.pid, { everyMs, withoutRoot: true });
    this.#timer = setInterval(() => this.look(), everyMs).unref();
  }

  get peakMb(): number {
    return this.#peak / MEGABYTE + this.#children.peakMb;
  }

  look(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss() - this.#start);
  }

  /** Looks a last time. */
  stop(): void {
    this.look();
    clearInterval(this.#timer);
    this.#children.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}
