import { AsyncResource } from 'node:async_hooks';
import { Script } from 'node:vm';

const key = Symbol.for('pyworkers.guarded');
const globals = globalThis as { [key]?: () => void };

/**
 * Runs code so that a SIGINT cuts it off instead of ending the process. What was cut off runs no `finally`, which
 * would leave the async context of this very place astray: hence a resource of its own for each run.
 */
export class Guard {
  readonly #script = new Script('globalThis[Symbol.for("pyworkers.guarded")]()');

  /** Returns false when it was cut off. */
  run(code: () => void): boolean {
    globals[key] = code;
    try {
      new AsyncResource('pyworkers.calls').runInAsyncScope(() =>
        this.#script.runInThisContext({ breakOnSigint: true, displayErrors: false }),
      );
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') return false;
      throw error;
    }
  }
}
