import type { Outcome } from './outcome.js';

/** One call on its way. */
export interface OpenCall {
  readonly id: number;
  /** Once: the call is over. */
  settle(outcome: Outcome<unknown>): void;
  /** Its turn has come: all before it are over. */
  onTurn?(): void;
}

/** The calls a host still owes an answer, in the order in which it takes them. */
export class CallBook {
  readonly #open = new Map<number, OpenCall>();
  readonly #concurrency: number;
  #lastId = 0;
  /** Calls that were worked off: they returned or threw. */
  done = 0;
  /** What the first call that threw has thrown. */
  firstError: unknown;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(call: OpenCall): void {
    this.#open.set(call.id, call);
    if (call.onTurn && this.#open.size <= this.#concurrency) call.onTurn();
  }

  /** Whether the host may have begun it. */
  hasTurn(id: number): boolean {
    let place = 0;
    for (const openId of this.#open.keys()) {
      if (openId === id) return true;
      if (++place >= this.#concurrency) return false;
    }
    return false;
  }

  /** A second answer to one call is dropped. */
  settle(id: number, outcome: Outcome<unknown>): void {
    const call = this.#open.get(id);
    if (!call || !this.#open.delete(id)) return;
    if (outcome.type === 'returned' || outcome.type === 'threw') this.done += 1;
    if (outcome.type === 'threw') this.firstError ??= outcome.error;
    call.settle(outcome);
    this.#callNext();
  }

  settleAll(outcomeOf: (id: number) => Outcome<unknown>): void {
    for (const call of [...this.#open.values()]) {
      this.#open.delete(call.id);
      call.settle(outcomeOf(call.id));
    }
  }

  #callNext(): void {
    let place = 0;
    for (const call of this.#open.values()) {
      if (place++ >= this.#concurrency) return;
      call.onTurn?.();
    }
  }
}
