import { Fifo } from '../base/fifo.js';
import { unseal } from '../codec/codec.js';
import type { HostSpec, Order, Received, Report, StartPayload } from '../protocol/messages.js';
import { loadTarget } from '../target/load.js';
import type { AnyFunction, TargetRef } from '../target/target-ref.js';
import { Call, type CallPlace } from './call.js';
import { context, type WorkerContext } from './context.js';
import { Guard } from './guard.js';
import type { HostPlace } from './host-place.js';
import { Reporter } from './reporter.js';
import { asError, explainReference, isStopRequest } from './thrown.js';

const SLICE_MS = 5; // how long calls may keep the thread before messages are looked at again

interface CallOrder {
  readonly id: number;
  readonly args: () => readonly unknown[];
}

/** The worker's side: takes orders, runs the target, reports. There is one per worker, of whatever kind. */
export class Host {
  readonly #place: HostPlace;
  readonly #reporter: Reporter;
  readonly #waiting = new Fifo<CallOrder>();
  /** Begun and not reported yet: async targets, generators between two steps, stopped calls with hooks to run. */
  readonly #running = new Map<number, Call>();
  #spec: HostSpec | undefined;
  #worker: WorkerContext | undefined;
  #callPlace: CallPlace | undefined;
  #guard: Guard | undefined;
  #prepare = (): void => {};
  #defaultArgs: readonly unknown[] = [];
  #target: AnyFunction | undefined;
  #isFromSource = false;
  #current: Call | undefined;
  #phase: 'open' | 'closing' | 'terminating' | 'ended' = 'open';
  #isWorkDue = false;

  constructor(place: HostPlace) {
    this.#place = place;
    this.#reporter = new Reporter(place.channel);
    this.#reporter.send({ type: 'ready', id: place.id });
    place.channel.receive((order, attachments) => this.#take(order, attachments));
  }

  /** For what overtakes the channel. */
  takeUrgent(order: Extract<Order, { type: 'terminate' | 'cancel' }>): void {
    this.#take(order, []);
  }

  #take(order: Received<Order>, attachments: readonly unknown[]): void {
    switch (order.type) {
      case 'start':
        return this.#start(order.spec, () => unseal(order.payload, attachments) as StartPayload);
      case 'target':
        return void this.#load(order.target);
      case 'call':
        this.#waiting.push({ id: order.id, args: () => unseal(order.payload, attachments) as unknown[] });
        return this.#workSoon(queueMicrotask);
      case 'cancel':
        return this.#cancel(order.id);
      case 'close':
        if (this.#phase === 'open') this.#phase = 'closing';
        return this.#workSoon(queueMicrotask);
      case 'terminate':
        return this.#terminate();
      default:
        order satisfies never;
    }
  }

  #start(spec: HostSpec, openPayload: () => StartPayload): void {
    const { id } = this.#place;
    const sendProgress = (value: unknown): void => {
      this.#reporter.sendNow({ type: 'progress', payload: value }, 'progress');
    };
    this.#spec = spec;
    this.#prepare = () => {
      const { state, args, userId } = openPayload();
      this.#defaultArgs = args;
      this.#worker = { id, kind: spec.kind, name: spec.name, userId, state, sendProgress };
      this.#callPlace = { worker: this.#worker, flags: this.#place.flags, isInterruptible: spec.interruptible };
    };
    this.#guard = spec.interruptible ? new Guard() : undefined;
    this.#place.started(spec);
  }

  async #load(ref: TargetRef): Promise<void> {
    try {
      const target = this.#place.target ?? (await loadTarget(ref, { context, __name: (value: unknown) => value }));
      this.#isFromSource = ref.type !== 'export';
      this.#prepare(); // only now: the target's module may be what registers the classes of these values
      this.#target = target;
      this.#reporter.sendNow({ type: 'prepared' });
    } catch (error) {
      this.#reporter.send({ type: 'refused', payload: error });
      this.#giveUpWaiting('closing');
    }
    this.#work();
  }

  #terminate(): void {
    this.#place.flags.askToStop();
    this.#reporter.sendNow({ type: 'acknowledged', id: null });
    if (this.#phase === 'ended') return;
    this.#giveUpWaiting('terminating');
    for (const call of this.#running.values()) call.askToStop();
    this.#workSoon(queueMicrotask);
  }

  /** What has not begun will not. The handle knows which those are: the ones without an answer. */
  #giveUpWaiting(phase: 'closing' | 'terminating'): void {
    if (this.#phase !== 'terminating') this.#phase = phase;
    this.#waiting.clear();
  }

  #cancel(id: number): void {
    this.#reporter.sendNow({ type: 'acknowledged', id });
    this.#running.get(id)?.askToStop();
    if (this.#waiting.remove((order) => order.id === id)) {
      this.#reporter.send({ type: 'stopped', id, how: 'asked', payload: undefined });
    }
  }

  #workSoon(schedule: (work: () => void) => void): void {
    if (this.#isWorkDue) return;
    this.#isWorkDue = true;
    schedule(() => {
      this.#isWorkDue = false;
      this.#work();
    });
  }

  /** Runs calls for one slice of time, then lets messages in. */
  #work(): void {
    if (this.#hasWork()) {
      const burst = (): void => this.#burst();
      if (!this.#guard) burst();
      else if (!this.#guard.run(burst)) this.#afterCut();
    }
    if (this.#hasWork()) this.#workSoon(setImmediate);
    else this.#endIfDone();
  }

  #burst(): void {
    const endsAt = performance.now() + SLICE_MS;
    for (let call = this.#next(); call; call = this.#next()) {
      this.#current = call;
      if (call.isBegun) call.step();
      else call.begin(this.#target as AnyFunction);
      this.#current = undefined;
      this.#settle(call);
      if (performance.now() >= endsAt) return;
    }
    this.#reporter.idle();
  }

  #afterCut(): void {
    this.#place.flags.resetRun();
    const call = this.#current;
    this.#current = undefined;
    if (!call) return;
    call.cutOff();
    this.#settle(call);
  }

  #hasWork(): boolean {
    if (!this.#target || this.#phase === 'ended') return false;
    return this.#betweenSteps() !== undefined || this.#mayBegin();
  }

  #next(): Call | undefined {
    const between = this.#betweenSteps();
    if (between || !this.#mayBegin()) return between;
    const order = this.#waiting.shift();
    return order && this.#admit(order);
  }

  #mayBegin(): boolean {
    if (this.#phase === 'terminating' || this.#place.flags.askedToStop) return false;
    return this.#waiting.length > 0 && this.#running.size < (this.#spec?.concurrency ?? 1);
  }

  #betweenSteps(): Call | undefined {
    if (this.#running.size === 0) return undefined;
    return [...this.#running.values()].find((call) => call.isBetweenSteps);
  }

  #admit({ id, args }: CallOrder): Call {
    const call = new Call(id, () => withDefaults(args(), this.#defaultArgs), this.#callPlace as CallPlace);
    this.#running.set(id, call);
    return call;
  }

  /** The call has given the thread back: it is over, or waits for a promise, or for its next step. */
  #settle(call: Call): void {
    if (call.pending) {
      void call.pending.then(() => {
        call.pending = undefined;
        this.#settle(call);
        this.#work();
      });
    } else if (call.outcome) this.#conclude(call);
  }

  #conclude(call: Call): void {
    const { id, outcome } = call;
    if (outcome?.type === 'returned') {
      this.#answer(call, { type: 'returned', id, payload: outcome.value });
    } else if (outcome?.type === 'threw' && !call.shouldStop) {
      if (this.#isFromSource) explainReference(outcome.error);
      this.#answer(call, { type: 'threw', id, payload: asError(outcome.error) });
      if (this.#spec?.stopOnError) this.#giveUpWaiting('closing');
    } else void this.#concludeStopped(call);
  }

  async #concludeStopped(call: Call): Promise<void> {
    const { id, outcome } = call;
    const hookFailure = await call.context.runHooks();
    const thrown = outcome?.type === 'threw' && !isStopRequest(outcome.error) ? outcome.error : hookFailure;
    const payload = thrown === undefined ? undefined : asError(thrown);
    this.#answer(call, {
      type: 'stopped',
      id,
      how: outcome?.type === 'interrupted' ? 'interrupted' : 'asked',
      payload,
    });
    this.#work();
  }

  #answer(call: Call, report: Extract<Report, { type: 'returned' | 'threw' | 'stopped' }>): void {
    this.#running.delete(call.id);
    this.#reporter.answer(report);
  }

  #endIfDone(): void {
    const isToEnd = this.#phase === 'terminating' || (this.#phase === 'closing' && this.#waiting.length === 0);
    if (!isToEnd || this.#running.size > 0) return;
    this.#phase = 'ended';
    this.#reporter.end(this.#worker && { state: this.#worker.state });
    this.#place.ended();
  }
}

/** A call's arguments take the place of the first defaults; the rest of those stay. */
function withDefaults(args: readonly unknown[], defaults: readonly unknown[]): readonly unknown[] {
  return defaults.length > args.length ? [...args, ...defaults.slice(args.length)] : args;
}
