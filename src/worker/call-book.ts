import type { Outcome } from './outcome.js';

const TRIM_MIN = 1024;

/** What a call on its way is told. */
export interface OpenCall {
  /** Once: the call is over. `ranUs`: how long it took where it ran, if that is known. */
  settle(outcome: Outcome<unknown>, ranUs?: number): void;
  /** Its turn has come: all before it are over. */
  onTurn?(): void;
  /** Nobody counts on it any more. */
  readonly isForgotten?: boolean;
}

const takenBack: OpenCall = { isForgotten: true, settle: () => {} };

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
    this.#tellTurns();
  }

  /** Gives the call its number: `nextId`, as it was before. */
  add(call: OpenCall): void {
    this.#open.push(call);
    this.#size += 1;
    if (this.#isBegun && this.#size <= this.#concurrency) call.onTurn?.();
  }

  /** The last call whose turn has come. */
  get lastTurnId(): number {
    const last = this.#lastTurn();
    return this.#isBegun ? this.#firstId + last : 0;
  }

  /** Whether the host may have begun it. */
  hasTurn(id: number): boolean {
    if (!this.#isBegun) return false;
    const last = this.#lastTurn();
    const at = id - this.#firstId;
    return this.#open[at] !== undefined && at <= last;
  }

  /** Puts another call in the place of one; gives the one that was there. */
  replace(id: number, call: OpenCall): OpenCall | undefined {
    const replaced = this.#open[id - this.#firstId];
    if (replaced) this.#open[id - this.#firstId] = call;
    return replaced;
  }

  /** These calls are over, and never ran. The host will say so too. */
  takeBack(first: number, last: number): void {
    for (let id = first; id <= last; id++) this.replace(id, takenBack)?.settle({ type: 'notRun' });
  }

  /** A second answer to one call is dropped. */
  settle(id: number, outcome: Outcome<unknown>, ranUs?: number): void {
    const at = id - this.#firstId;
    const call = this.#open[at];
    if (!call) return;
    this.#open[at] = undefined;
    this.#size -= 1;
    if (!call.isForgotten) this.#count(outcome);
    call.settle(outcome, ranUs);
    if (this.#size > 0 && this.#isBegun) this.#tellTurns();
  }

  /** Several calls have returned, which took so long all together. */
  settleResults(first: number, values: readonly unknown[], ranUs: number): void {
    const eachRanUs = ranUs / values.length;
    let id = first;
    for (const value of values) this.settle(id++, { type: 'returned', value }, eachRanUs);
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

  #tellTurns(): void {
    const last = this.#lastTurn();
    for (let at = this.#head; at <= last; at++) this.#open[at]?.onTurn?.();
  }

  /** Where the last of those calls stands that the host may have begun: the first ones, as many as it runs at once. */
  #lastTurn(): number {
    while (this.#head < this.#open.length && !this.#open[this.#head]) this.#head += 1;
    if (this.#head >= TRIM_MIN && this.#head * 2 > this.#open.length) this.#trim();
    let last = this.#head;
    for (let turns = 1; turns < this.#concurrency && last < this.#open.length - 1; last++) {
      if (this.#open[last + 1]) turns += 1;
    }
    return last;
  }

  #trim(): void {
    this.#open = this.#open.slice(this.#head);
    this.#firstId += this.#head;
    this.#head = 0;
  }
}
