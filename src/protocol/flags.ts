import type { Recalled, UrgentOrder } from './messages.js';

const ASKED = 0;
const CANCELLED_CALL = 1;
const RUN = 2;
const OUTPUT_PENDING_BYTES = 3;
const URGENT_ORDERS = 4;
const CLAIMED_CALL = 5;
const WORDS = 6;

const NO_CALL = 0;
const IDLE = 0;
const RUNNING = 1;
const INTERRUPTING = 2;
const PHASE_BITS = 2;
const CALL_MASK = 0x1fffffff;

/**
 * A few words of shared memory between a host that may be blocked and whoever has to reach it all the same: the
 * caller's thread (thread workers) or the watchdog (process workers).
 */
export class Flags {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(memory = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  /**
   * An order that overtakes others is on its way: the host begins nothing before it has it. Returns what is known of a
   * recall here and now.
   */
  announce(order: UrgentOrder): Recalled | undefined {
    Atomics.add(this.#words, URGENT_ORDERS, 1);
    if (order.type === 'terminate') this.askToStop();
    if (order.type === 'cancel') this.#cancelCall(order.id);
    if (order.type !== 'recall') return undefined;
    const { after, upTo } = order;
    const distance = (upTo - Atomics.load(this.#words, CLAIMED_CALL)) | 0; // words wrap, calls go on
    return { upTo, claimed: Math.max(after, upTo - distance) };
  }

  /** How many have been announced so far. */
  get urgentOrders(): number {
    return Atomics.load(this.#words, URGENT_ORDERS);
  }

  /**
   * The host is about to begin this call, unless `urgentOrders` says otherwise, which it looks at only after this. Who
   * announces an order looks the other way round: so no call both begins and counts as not begun.
   */
  claimCall(id: number): void {
    Atomics.store(this.#words, CLAIMED_CALL, id);
  }

  askToStop(): void {
    Atomics.store(this.#words, ASKED, 1);
  }

  get askedToStop(): boolean {
    return Atomics.load(this.#words, ASKED) === 1;
  }

  /** One that waits does not hide that the running one was cancelled before. */
  #cancelCall(id: number): void {
    const running = Atomics.load(this.#words, RUN) >>> PHASE_BITS;
    if ((Atomics.load(this.#words, CANCELLED_CALL) & CALL_MASK) === running && running !== 0) return;
    Atomics.store(this.#words, CANCELLED_CALL, id);
  }

  isCancelled(id: number): boolean {
    return (id | 0) !== NO_CALL && Atomics.load(this.#words, CANCELLED_CALL) === (id | 0);
  }

  /** The host is inside call `id` and may be cut off from now on. */
  enterCall(id: number): void {
    Atomics.store(this.#words, RUN, runWord(id, RUNNING));
  }

  /** The host wants to be out of call `id`. False: a cut is on its way, and has to be waited for. */
  leaveCall(id: number): boolean {
    const running = runWord(id, RUNNING);
    return Atomics.compareExchange(this.#words, RUN, running, runWord(id, IDLE)) === running;
  }

  /** Claims the running call for a cut, so that the cut cannot hit another one; `id` says which it has to be. */
  claimForInterrupt(id?: number): boolean {
    const word = Atomics.load(this.#words, RUN);
    if ((word & ((1 << PHASE_BITS) - 1)) !== RUNNING) return false;
    if (id !== undefined && word !== runWord(id, RUNNING)) return false;
    return Atomics.compareExchange(this.#words, RUN, word, word - RUNNING + INTERRUPTING) === word;
  }

  /** After the cut. */
  resetRun(): void {
    Atomics.store(this.#words, RUN, IDLE);
  }

  /** Output on its way to the caller; the writer waits while there is too much of it. */
  addPendingOutput(bytes: number): number {
    return Atomics.add(this.#words, OUTPUT_PENDING_BYTES, bytes) + bytes;
  }

  takePendingOutput(bytes: number): void {
    Atomics.sub(this.#words, OUTPUT_PENDING_BYTES, bytes);
    Atomics.notify(this.#words, OUTPUT_PENDING_BYTES);
  }

  /** Blocks until pending output changes from `seenBytes`, or the time is over. */
  awaitOutputTaken(seenBytes: number, timeoutMs: number): void {
    Atomics.wait(this.#words, OUTPUT_PENDING_BYTES, seenBytes, timeoutMs);
  }
}

function runWord(id: number, phase: number): number {
  return ((id & CALL_MASK) << PHASE_BITS) | phase;
}
