import { availableParallelism } from 'node:os';
import type { Tinypool } from 'tinypool';
import { threadExecArgv } from './environment.js';
import { type HeldThread, type ThreadStart, threadMain } from './held-thread.js';
import { LentThread } from './lent-thread.js';

const SPARES_MAX = 4;
const REUSED_MAX = 64;
const IDLE_MS = 30_000;

/**
 * Threads that have everything loaded. It opens when the first worker asks, in vain: that one starts a thread of its
 * own, which takes no longer than waiting for the supply would. Idle threads keep no process alive.
 */
class ThreadSupply {
  readonly #spares: number;
  readonly #ready = new Set<object>();
  readonly #seen = new WeakSet<object>();
  #lent = 0;
  #pool: Tinypool | undefined;
  #opening: Promise<void> | undefined;

  /** With spares, a thread serves one worker and is then replaced. Without, threads go from worker to worker. */
  constructor(options: { spares: number }) {
    this.#spares = options.spares;
  }

  take(start: ThreadStart): HeldThread | undefined {
    this.#opening ??= this.#open();
    if (!this.#pool || this.#lent >= (this.#spares > 0 ? this.#ready.size : REUSED_MAX)) return undefined;
    this.#lent += 1;
    const thread = new LentThread(this.#pool, start);
    void thread.returned.then(() => {
      this.#lent -= 1;
      this.#watchThreads();
    });
    return thread;
  }

  async #open(): Promise<void> {
    const { Tinypool } = await import('tinypool');
    const execArgv = threadExecArgv();
    const pool = new Tinypool({
      filename: threadMain.href,
      name: 'serving',
      minThreads: this.#spares,
      maxThreads: this.#spares || REUSED_MAX,
      isolateWorkers: this.#spares > 0,
      idleTimeout: IDLE_MS,
      ...(execArgv && { execArgv }),
      useAtomics: false, // an idle thread that waits on atomics hears nothing else
    });
    pool.on('error', () => {}); // a spare that failed to start: workers start threads of their own instead
    this.#pool = pool;
    this.#watchThreads();
  }

  /** Tinypool does not tell which of its threads have loaded, nor that one has exited. */
  #watchThreads(): void {
    for (const thread of this.#pool?.threads ?? []) {
      if (this.#seen.has(thread)) continue;
      this.#seen.add(thread);
      thread.on('message', () => this.#ready.add(thread)); // its one message says that it is ready
      thread.once('exit', () => this.#ready.delete(thread));
    }
  }
}

const spareThreads = new ThreadSupply({ spares: Math.min(SPARES_MAX, availableParallelism()) });
const reusedThreads = new ThreadSupply({ spares: 0 });

/** A thread that is ready to serve, if there is one now. `isReused` may have served another worker before. */
export function takeWarmThread(start: ThreadStart, options: { isReused: boolean }): HeldThread | undefined {
  return (options.isReused ? reusedThreads : spareThreads).take(start);
}
