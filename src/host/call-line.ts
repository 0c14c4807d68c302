import { Fifo } from '../base/fifo.js';
import { unseal } from '../codec/codec.js';
import type { Order, Received } from '../protocol/messages.js';
import { Call, type CallPlace } from './call.js';

export interface CallOrder {
  readonly id: number;
  readonly args: () => readonly unknown[];
}

/** The calls of one order, which is opened when the first of them has its turn. */
export function callOrders(
  order: Received<Extract<Order, { type: 'call' | 'calls' }>>,
  attachments: readonly unknown[],
): CallOrder[] {
  if (order.type === 'call') return [{ id: order.id, args: () => unseal(order.payload, attachments) as unknown[] }];
  let opened: (readonly unknown[] | undefined)[] | undefined;
  return Array.from({ length: order.count }, (_, i) => ({
    id: order.id + i,
    args: () => {
      opened ??= unseal(order.payload, attachments) as unknown[][];
      const args = opened[i] as readonly unknown[];
      opened[i] = undefined; // a call that goes on for hours must not keep the arguments of the others
      return args;
    },
  }));
}

/** The calls a host has been given and has not answered: those that wait, and those it is at. */
export class CallLine {
  readonly #waiting = new Fifo<CallOrder>();
  /** Async targets, generators between two steps, stopped calls with hooks to run. */
  readonly #running = new Map<number, Call>();
  /** Calls that have not come yet: what cancels them has overtaken them. */
  readonly #cancelledEarly = new Set<number>();
  #lastId = 0;
  #concurrency = 1;
  #place: CallPlace | undefined;
  #defaultArgs: readonly unknown[] = [];

  /** What all calls need, known once the worker's first order is opened. */
  open(place: CallPlace, options: { concurrency: number; defaultArgs: readonly unknown[] }): void {
    this.#place = place;
    this.#concurrency = options.concurrency;
    this.#defaultArgs = options.defaultArgs;
  }

  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Says that the next one is about to begin, if there is one. */
  claimNext(): void {
    const next = this.#waiting.peek();
    if (next) this.#place?.flags.claimCall(next.id);
  }

  /** Whether a waiting call may begin beside those that run. */
  get hasRoom(): boolean {
    return this.isWaiting && this.#running.size < this.#concurrency;
  }

  /** Answers whether it is to be done: it may have been cancelled before it came. */
  add(order: CallOrder): boolean {
    this.#lastId = order.id;
    if (this.#cancelledEarly.delete(order.id)) return false;
    this.#waiting.push(order);
    return true;
  }

  /** The next one to begin; it runs from now on. */
  admit(): Call | undefined {
    const order = this.#waiting.shift();
    if (!order || !this.#place) return undefined;
    const call = new Call(order.id, () => withDefaults(order.args(), this.#defaultArgs), this.#place);
    this.#running.set(order.id, call);
    return call;
  }

  /** A generator whose next step is due. */
  betweenSteps(): Call | undefined {
    if (!this.isRunning) return undefined;
    return [...this.#running.values()].find((call) => call.isBetweenSteps);
  }

  /** Forgets what has not begun, between two calls; answers which of those that have come that was. */
  recall(after: number, upTo: number): readonly number[] {
    for (let id = Math.max(this.#lastId, after) + 1; id <= upTo; id++) this.#cancelledEarly.add(id);
    const recalled: number[] = [];
    for (const order of this.#waiting.clear()) {
      if (order.id > after && order.id <= upTo) recalled.push(order.id);
      else this.#waiting.push(order);
    }
    return recalled;
  }

  /** Asks one call to stop, or forgets it if it has not begun; answers whether it was forgotten. */
  cancel(id: number): boolean {
    if (id > this.#lastId) this.#cancelledEarly.add(id);
    this.#running.get(id)?.askToStop();
    return this.#waiting.remove((order) => order.id === id) !== undefined;
  }

  askAllToStop(): void {
    for (const call of this.#running.values()) call.askToStop();
  }

  /** What has not begun will not. */
  forgetWaiting(): void {
    this.#waiting.clear();
  }

  /** The call has its answer. */
  close(call: Call): void {
    this.#running.delete(call.id);
  }
}

/** A call's arguments take the place of the first defaults; the rest of those stay. */
function withDefaults(args: readonly unknown[], defaults: readonly unknown[]): readonly unknown[] {
  return defaults.length > args.length ? [...args, ...defaults.slice(args.length)] : args;
}
