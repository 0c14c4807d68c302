import { after, type Timer } from '../../base/deadline.js';
import { Deferred } from '../../base/deferred.js';

/** Wakes all who wait at once: every so often, and whenever something has changed. */
export class Pulse {
  readonly #everyMs: number;
  #beat = new Deferred<void>();
  #waiting = 0;
  #timer: Timer | undefined;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** A beat that is still to come. Taken before looking, so that no change between looking and waiting is missed. */
  get next(): Promise<void> {
    return this.#beat.promise;
  }

  wake(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const beat = this.#beat;
    this.#beat = new Deferred();
    beat.resolve();
  }

  /** Resolves with that beat; rejects when the signal aborts. */
  async wait(beat: Promise<void>, signal?: AbortSignal): Promise<void> {
    this.#waiting += 1;
    this.#timer ??= after(this.#everyMs, () => this.wake());
    try {
      await unlessAborted(beat, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) {
        this.#timer?.cancel();
        this.#timer = undefined;
      }
    }
  }
}

/** The outcome of `promise`; or a rejection with the signal's reason, if it aborts first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
