/** What can be stopped. */
export interface Stoppable {
  stop(options?: { readonly now?: boolean }): void;
}

/** Stops a sweep as one asks for it: first politely, when asked again at once. */
export class Stopper {
  readonly #sweep: Stoppable;
  readonly #say: (text: string) => void;
  #asked = 0;

  constructor(sweep: Stoppable, say: (text: string) => void) {
    this.#sweep = sweep;
    this.#say = say;
  }

  /** How often it was asked. */
  get asked(): number {
    return this.#asked;
  }

  stop(): void {
    this.#asked += 1;
    if (this.#asked === 1) {
      this.#say('Stopping: what runs is finished, nothing further begins. Once more, and what runs is ended.');
      this.#sweep.stop();
    } else {
      if (this.#asked === 2) this.#say('Stopping at once: what runs is ended.');
      this.#sweep.stop({ now: true });
    }
  }
}
