import type { Outcome } from './outcome.js';

const TRIM_MIN = 1024;

/** What a call on its way is told. */
export interface OpenCall {
  /** Once: the call is over. */
  settle(outcome: Outcome<unknown>): void;
  /** Its turn has come: all before it are over. */
  onTurn?(): void;
  /** Nobody counts on it any more. */
  readonly isForgotten?: boolean;
}

/** The calls a host still owes an answer. It takes them in the order of their numbers. */
export class CallBook {
  /** Open calls at their number's distance from the first one. A map would be slow to walk once its first entries are gone. */
  #open: (OpenCall | undefined)[] = [];
  #firstId = 1;
  #head = 0;
  #size = 0;
  readonly #concurrency: number;
  #isBegun = false;
  /** Calls that were worked off: they returned or threw. */
  done = 0;
  /** What the first call that threw has thrown. */
  firstError: unknown;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  get nextId(): number {
    return this.#firstId + this.#open.length;
  }

  /** The host has its target, and takes calls from now on. */
  begin(): void {
    this.#isBegun = true;
    for (const call of this.#turns()) call.onTurn?.();
  }

  /** Gives the call its number: `nextId`, as it was before. */
  add(call: OpenCall): void {
    this.#open.push(call);
    this.#size += 1;
    if (this.#isBegun && this.#size <= this.#concurrency) call.onTurn?.();
  }

  /** Whether the host may have begun it. */
  hasTurn(id: number): boolean {
    const call = this.#open[id - this.#firstId];
    return call !== undefined && this.#turns().includes(call);
  }

  /** Puts another call in the place of one; gives the one that was there. */
  replace(id: number, call: OpenCall): OpenCall | undefined {
    const replaced = this.#open[id - this.#firstId];
    if (replaced) this.#open[id - this.#firstId] = call;
    return replaced;
  }

  /** A second answer to one call is dropped. */
  settle(id: number, outcome: Outcome<unknown>): void {
    const call = this.#open[id - this.#firstId];
    if (!call) return;
    this.#open[id - this.#firstId] = undefined;
    this.#size -= 1;
    if (!call.isForgotten) this.#count(outcome);
    call.settle(outcome);
    if (this.#size > 0) for (const next of this.#turns()) next.onTurn?.();
  }

  #count(outcome: Outcome<unknown>): void {
    if (outcome.type === 'returned' || outcome.type === 'threw') this.done += 1;
    if (outcome.type === 'threw') this.firstError ??= outcome.error;
  }

  settleAll(outcomeOf: () => Outcome<unknown>): void {
    const calls = this.#open;
    this.#firstId = this.nextId;
    this.#open = [];
    this.#head = 0;
    this.#size = 0;
    for (const call of calls) call?.settle(outcomeOf());
  }

  /** The calls that the host may have begun: the first ones, as many as it runs at once. */
  #turns(): OpenCall[] {
    if (!this.#isBegun) return [];
    while (this.#head < this.#open.length && !this.#open[this.#head]) this.#head += 1;
    if (this.#head >= TRIM_MIN && this.#head * 2 > this.#open.length) this.#trim();
    const calls: OpenCall[] = [];
    for (let at = this.#head; at < this.#open.length && calls.length < this.#concurrency; at++) {
      const call = this.#open[at];
      if (call) calls.push(call);
    }
    return calls;
  }

  #trim(): void {
    this.#open = this.#open.slice(this.#head);
    this.#firstId += this.#head;
    this.#head = 0;
  }
}
