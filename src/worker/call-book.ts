import type { Outcome } from './outcome.js';

/** One call on its way. */
export interface OpenCall {
  readonly id: number;
  /** Once: the call is over. */
  settle(outcome: Outcome<unknown>): void;
  /** Its turn has come: all before it are over. */
  onTurn?(): void;
}

/** The calls a host still owes an answer. It takes them in the order of their numbers. */
export class CallBook {
  readonly #open = new Map<number, OpenCall>();
  readonly #concurrency: number;
  #lastId = 0;
  /** No call before this one is open. */
  #firstId = 1;
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
    return this.#turns().some((call) => call.id === id);
  }

  /** A second answer to one call is dropped. */
  settle(id: number, outcome: Outcome<unknown>): void {
    const call = this.#open.get(id);
    if (!call) return;
    this.#open.delete(id);
    if (outcome.type === 'returned' || outcome.type === 'threw') this.done += 1;
    if (outcome.type === 'threw') this.firstError ??= outcome.error;
    call.settle(outcome);
    for (const next of this.#turns()) next.onTurn?.();
  }

  settleAll(outcomeOf: () => Outcome<unknown>): void {
    for (const call of [...this.#open.values()]) {
      this.#open.delete(call.id);
      call.settle(outcomeOf());
    }
  }

  /** The calls that the host may have begun: the first ones, as many as it runs at once. */
  #turns(): OpenCall[] {
    while (this.#firstId < this.#lastId && !this.#open.has(this.#firstId)) this.#firstId += 1;
    const calls: OpenCall[] = [];
    for (let id = this.#firstId; id <= this.#lastId && calls.length < this.#concurrency; id++) {
      const call = this.#open.get(id);
      if (call) calls.push(call);
    }
    return calls;
  }
}
