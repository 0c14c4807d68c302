import type { Tinypool } from 'tinypool';
import { settlesWithin } from '../base/deadline.js';
import type { Exit } from '../base/errors.js';
import type { HeldThread, ThreadStart } from './held-thread.js';

const SILENT_EXIT_MS = 200;

/** A thread of the supply, whose task is to be one worker's host. */
export class LentThread implements HeldThread {
  readonly #abort = new AbortController();
  /** Settles when the task ends or is aborted, and when the thread fails; not when the target exits the thread. */
  readonly returned: Promise<Exit>;

  constructor(pool: Tinypool, start: ThreadStart) {
    const served: Promise<unknown> = pool.run(start, { transferList: [start.port], signal: this.#abort.signal });
    this.returned = served.then(
      () => ({ code: 0, signal: null }),
      (error: unknown) => {
        start.port.close(); // no thread has it, if the task was still waiting for one
        return { code: 1, signal: null, ...(!this.#abort.signal.aborted && { error }) };
      },
    );
  }

  end(): void {
    this.#abort.abort();
  }

  /** `process.exit()` in a thread goes unnoticed by its pool: after a moment the thread is given up for it. */
  async gone(): Promise<Exit> {
    if (!(await settlesWithin(this.returned, SILENT_EXIT_MS))) this.end();
    return this.returned;
  }
}
