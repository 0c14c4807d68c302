import { after, type Timer } from '../base/deadline.js';
import type { Slot } from './slot.js';

export interface ElasticOptions {
  readonly min: number;
  readonly max: number;
  /** One beyond `min` goes when it had nothing to do for so long. */
  readonly idleMs: number;
  /** Makes one more, if that is possible. */
  recruit(): Slot | undefined;
}

/** Workers that come when there is work for them, and go when there is none. */
export class ElasticGroup {
  readonly #options: ElasticOptions;
  #slots: Slot[];
  #look: Timer | undefined;
  /** No more are made. */
  isClosed = false;

  constructor(slots: readonly Slot[], options: ElasticOptions) {
    this.#slots = [...slots];
    this.#options = options;
  }

  /** There is work for so many more. Returns for how many of these somebody is on the way. */
  grow(count: number): number {
    this.#slots = this.#slots.filter(({ state }) => state !== 'gone');
    const starting = this.#slots.filter(({ state }) => state === 'starting').length;
    const wanted = this.isClosed ? 0 : Math.min(this.#options.max - this.#slots.length, count - starting);
    const recruits = Array.from({ length: Math.max(0, wanted) }, () => this.#options.recruit());
    const added = recruits.filter((slot) => slot !== undefined);
    this.#slots.push(...added);
    if (added.length > 0) this.#watch();
    return starting + added.length;
  }

  close(): void {
    this.isClosed = true;
    this.#look?.cancel();
  }

  #watch(): void {
    if (this.isClosed) return;
    this.#look?.cancel();
    this.#look = after(this.#options.idleMs, () => this.#shrink(), { ref: false });
  }

  #shrink(): void {
    const { min, idleMs } = this.#options;
    const staying = this.#slots.filter(({ state }) => state === 'starting' || state === 'up');
    const idle = staying.filter(({ idleForMs }) => idleForMs !== undefined && idleForMs >= idleMs);
    const leaving = idle.slice(0, Math.max(0, staying.length - min));
    for (const slot of leaving) void slot.leave();
    if (staying.length - leaving.length > min) this.#watch();
  }
}
