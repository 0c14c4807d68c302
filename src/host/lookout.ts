const WINDOW_MS = 0.1;
const TURN_MS = 5;
const SKIPS_MAX = 64;
const SHORT_MS = 0.25; // who waits longer than that for an answer does not mind the time to wake up

/** Where orders come from; `pull` takes what has come, if anything has, without waiting for the event loop. */
export interface OrderSource {
  pull(): boolean;
}

/**
 * Who calls again as soon as it has its answer waits half of the time for this thread to wake up. So an idle host
 * looks out for a moment before it sleeps: only while that pays, and never so long that its event loop would suffer.
 */
export class Lookout {
  readonly #source: OrderSource;
  #turnEndsAt: number | undefined;
  #toSkip = 0;
  #skips = 1;

  constructor(source: OrderSource) {
    this.#source = source;
  }

  /** `busyMs`: how long calls have just taken. */
  look(busyMs: number): void {
    if (busyMs > SHORT_MS) return;
    if (this.#toSkip > 0) {
      this.#toSkip -= 1;
      return;
    }
    const isSeen = this.#sees();
    this.#skips = isSeen ? 1 : Math.min(this.#skips * 2, SKIPS_MAX);
    this.#toSkip = isSeen ? 0 : this.#skips;
  }

  #sees(): boolean {
    this.#turnEndsAt ??= this.#beginTurn();
    const endsAt = Math.min(performance.now() + WINDOW_MS, this.#turnEndsAt);
    do {
      if (this.#source.pull()) return true;
    } while (performance.now() < endsAt);
    return false;
  }

  #beginTurn(): number {
    setImmediate(() => {
      this.#turnEndsAt = undefined;
    });
    return performance.now() + TURN_MS;
  }
}
