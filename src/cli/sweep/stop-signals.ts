import { constants } from 'node:os';
import type { Sweep } from '../../sweep/sweep.js';

/**
 * Stops a sweep by signals for as long as it is held. The first SIGINT is polite: no further task is begun, and those that run come
 * to their end. The second one ends them, as SIGTERM and SIGHUP do at once.
 */
export class StopSignals implements Disposable {
  readonly #sweep: Sweep;
  readonly #listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    return { signal, listener: (): void => this.#onSignal(signal) };
  });
  #first: NodeJS.Signals | undefined;
  #say: (text: string) => void = () => {};
  #asked = 0;
  #isAtOnce = false;

  constructor(sweep: Sweep) {
    this.#sweep = sweep;
    for (const { signal, listener } of this.#listeners) process.on(signal, listener);
  }

  /** As a shell tells of it, if there was one: 130 for SIGINT. */
  get exitCode(): number | undefined {
    return this.#first && 128 + constants.signals[this.#first];
  }

  /** Where it is told what happens. */
  tellBy(say: (text: string) => void): void {
    this.#say = say;
  }

  /** As Ctrl-C: politely, then at once. */
  stop(): void {
    this.#onSignal('SIGINT');
  }

  [Symbol.dispose](): void {
    for (const { signal, listener } of this.#listeners) process.off(signal, listener);
  }

  #onSignal(signal: NodeJS.Signals): void {
    const isPolite = signal === 'SIGINT' && this.#asked === 0;
    this.#asked += 1;
    this.#first ??= signal;
    const { active } = this.#sweep.counters ?? { active: 0 };
    if (isPolite) {
      const running =
        active === 1 ? '1 still runs. Ctrl-C again ends it' : `${active} still run. Ctrl-C again ends them`;
      this.#say(`Stopping: no further task is begun${active === 0 ? '' : `; ${running}`}.`); // fits into 80 columns
    } else if (!this.#isAtOnce) {
      this.#isAtOnce = true; // said once, however often it is asked for
      this.#say('Stopping at once.');
    }
    this.#sweep.stop({ now: !isPolite });
  }
}
