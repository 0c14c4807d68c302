import { after, type Timer } from '../base/deadline.js';
import type { Slot } from './slot.js';

export interface ElasticOptions {
  readonly min: number;
  readonly max: number;
  /** One beyond `min` goes when it had nothing to do for so long. */
  readonly idleMs: number;
  /** Makes one more. */
  recruit(): Slot;
}

/** Workers that come when there is work for them, and go when there is none. */
export class ElasticGroup {
  readonly #options: ElasticOptions;
  #slots: Slot[];
  #look: Timer | undefined;
  #isClosed = false;

  constructor(slots: readonly Slot[], options: ElasticOptions) {
    this.#slots = [...slots];
    this.#options = options;
  }

  /** There is work for so many more. Returns for how many of these somebody is on the way. */
  grow(count: number): number {
    this.#slots = this.#slots.filter(({ isGone }) => !isGone);
    const starting = this.#slots.filter(({ isStarting }) => isStarting).length;
    const wanted = this.#isClosed ? 0 : Math.min(this.#options.max - this.#slots.length, count - starting);
    for (let i = 0; i < wanted; i++) this.#slots.push(this.#options.recruit());
    if (wanted > 0) this.#watch();
    return starting + Math.max(0, wanted);
  }

  close(): void {
    this.#isClosed = true;
    this.#look?.cancel();
  }

  #watch(): void {
    if (this.#isClosed) return;
    this.#look?.cancel();
    this.#look = after(this.#options.idleMs, () => this.#shrink(), { ref: false });
  }

  #shrink(): void {
    const { min, idleMs } = this.#options;
    this.#slots = this.#slots.filter(({ isGone }) => !isGone);
    const idle = this.#slots.filter(({ idleForMs }) => idleForMs >= idleMs);
    for (const slot of idle.slice(0, Math.max(0, this.#slots.length - min))) void slot.leave();
    if (this.#slots.length > min) this.#watch();
  }
}
