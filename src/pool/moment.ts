/** The time, looked at once for all that happens in one go. */
export class Moment {
  #now: number | undefined;

  get now(): number {
    if (this.#now === undefined) {
      this.#now = performance.now();
      queueMicrotask(this.#pass);
    }
    return this.#now;
  }

  readonly #pass = (): void => {
    this.#now = undefined;
  };
}
