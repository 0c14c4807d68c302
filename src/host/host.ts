import { unseal } from '../codec/codec.js';
import type { HostSpec, Order, Received, StartPayload } from '../protocol/messages.js';
import { loadTarget } from '../target/load.js';
import type { AnyFunction, TargetRef } from '../target/target-ref.js';
import { type Answer, answerTo } from './answer.js';
import type { Call } from './call.js';
import { CallLine, type CallOrder, callOrders } from './call-line.js';
import { context, type WorkerContext } from './context.js';
import { Guard } from './guard.js';
import type { HostPlace } from './host-place.js';
import { Lookout } from './lookout.js';
import { Reporter } from './reporter.js';

const SLICE_MS = 5; // how long calls may keep the thread before messages are looked at again

/** The worker's side: takes orders, runs the target, reports. There is one per worker, of whatever kind. */
export class Host {
  readonly #place: HostPlace;
  readonly #reporter: Reporter;
  readonly #lookout: Lookout | undefined;
  readonly #calls = new CallLine();
  #spec: HostSpec | undefined;
  #worker: WorkerContext | undefined;
  #guard: Guard | undefined;
  #prepare = (): void => {};
  #openArgs: (() => readonly unknown[]) | undefined;
  #contextTarget: TargetRef | undefined;
  #target: AnyFunction | undefined;
  #isFromSource = false;
  #current: Call | undefined;
  #phase: 'open' | 'closing' | 'terminating' | 'ended' = 'open';
  #isWorkDue = false;
  #urgentOrders = 0;

  constructor(place: HostPlace) {
    this.#place = place;
    this.#reporter = new Reporter(place.channel);
    this.#lookout = place.channel.isPullable ? new Lookout(place.channel) : undefined;
    this.#reporter.send({ type: 'ready', id: place.id });
    place.channel.receive((order, attachments) => this.take(order, attachments));
  }

  /** Some orders do not come through the channel: they overtake the others. */
  take(order: Received<Order>, attachments: readonly unknown[] = []): void {
    switch (order.type) {
      case 'start':
        return this.#start(order.spec, () => unseal(order.payload, attachments) as StartPayload);
      case 'target':
        return void this.#load(order.target);
      case 'context':
        this.#openArgs = () => unseal(order.payload, attachments) as unknown[];
        this.#contextTarget = order.target;
        return this.#spec && void this.#load(order.target);
      case 'call':
      case 'calls':
        return this.#add(callOrders(order, attachments));
      case 'cancel':
        return this.#cancel(order.id);
      case 'recall':
        return this.#recall(order.after, order.upTo);
      case 'close':
        if (this.#phase === 'open') this.#phase = 'closing';
        return this.#workSoon(queueMicrotask);
      case 'terminate':
        return this.#terminate();
      default:
        order satisfies never;
    }
  }

  #add(orders: readonly CallOrder[]): void {
    for (const order of orders) if (!this.#calls.add(order)) this.#reportForgotten(order.id);
    this.#workSoon(queueMicrotask);
  }

  #start(spec: HostSpec, openPayload: () => StartPayload): void {
    const { id } = this.#place;
    const sendProgress = (value: unknown): void => {
      this.#reporter.sendNow({ type: 'progress', payload: value }, 'progress');
    };
    this.#spec = spec;
    this.#prepare = () => {
      const { state, args, userId } = openPayload();
      this.#worker = { id, kind: spec.kind, name: spec.name, userId, state, sendProgress };
      const place = { worker: this.#worker, flags: this.#place.flags, isInterruptible: spec.interruptible };
      this.#calls.open(place, { concurrency: spec.concurrency, defaultArgs: this.#openArgs?.() ?? args });
    };
    this.#guard = spec.interruptible ? new Guard() : undefined;
    this.#reporter.limitMemory(spec);
    this.#place.started(spec);
    if (this.#contextTarget) void this.#load(this.#contextTarget);
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
    this.#urgentOrders += 1;
    this.#place.flags.askToStop();
    this.#reporter.sendNow({ type: 'acknowledged', id: null });
    if (this.#phase === 'ended') return;
    this.#giveUpWaiting('terminating');
    this.#calls.askAllToStop();
    this.#workSoon(queueMicrotask);
  }

  /** What has not begun will not. The handle knows which those are: the ones without an answer. */
  #giveUpWaiting(phase: 'closing' | 'terminating'): void {
    if (this.#phase !== 'terminating') this.#phase = phase;
    this.#calls.forgetWaiting();
  }

  #cancel(id: number): void {
    this.#urgentOrders += 1;
    this.#reporter.sendNow({ type: 'acknowledged', id });
    if (this.#calls.cancel(id)) this.#reportForgotten(id);
    this.#workSoon(queueMicrotask);
  }

  #recall(after: number, upTo: number): void {
    this.#urgentOrders += 1;
    for (const id of this.#calls.recall(after, upTo)) this.#reportForgotten(id);
    this.#workSoon(queueMicrotask);
  }

  #reportForgotten(id: number): void {
    this.#reporter.send({ type: 'unbegun', id });
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
    const startedAt = performance.now();
    if (this.#hasWork()) {
      const burst = (): void => this.#burst();
      if (!this.#guard) burst();
      else if (!this.#guard.run(burst)) this.#afterCut();
    }
    if (this.#hasWork()) this.#workSoon(setImmediate);
    else if (this.#isToEnd()) this.#end();
    else if (this.#isIdle()) this.#lookout?.look(performance.now() - startedAt);
  }

  #burst(): void {
    const endsAt = performance.now() + SLICE_MS;
    for (let call = this.#next(); call; call = this.#next()) {
      this.#current = call;
      if (call.isBegun) call.step();
      else call.begin(this.#target as AnyFunction, performance.now());
      const now = performance.now();
      this.#current = undefined;
      this.#settle(call, now);
      if (now >= endsAt) return;
    }
    this.#reporter.idle();
  }

  #afterCut(): void {
    this.#place.flags.resetRun();
    const call = this.#current;
    this.#current = undefined;
    if (!call) return;
    call.cutOff();
    this.#settle(call, performance.now());
  }

  #hasWork(): boolean {
    if (!this.#target || this.#phase === 'ended') return false;
    return this.#calls.betweenSteps() !== undefined || this.#mayBegin();
  }

  #next(): Call | undefined {
    const midway = this.#calls.betweenSteps();
    if (midway || !this.#calls.hasRoom) return midway;
    this.#calls.claimNext();
    return this.#mayBegin() ? this.#calls.admit() : undefined;
  }

  #mayBegin(): boolean {
    const { flags } = this.#place;
    if (this.#phase === 'terminating' || flags.askedToStop) return false;
    if (flags.urgentOrders !== this.#urgentOrders) return false; // one is about the very call that would begin, perhaps
    return this.#calls.hasRoom;
  }

  /** The call has given the thread back: it is over, or waits for a promise, or for its next step. */
  #settle(call: Call, now: number): void {
    if (call.pending) {
      void call.pending.then(() => {
        call.pending = undefined;
        this.#settle(call, performance.now());
        this.#work();
      });
    } else if (call.outcome) {
      call.endedAt = now;
      this.#conclude(call);
    }
  }

  #conclude(call: Call): void {
    const answer = answerTo(call, this.#isFromSource);
    if ('type' in answer) return this.#answer(call, answer);
    void answer.then((late) => {
      this.#answer(call, late);
      this.#work();
    });
  }

  #answer(call: Call, answer: Answer): void {
    this.#calls.close(call);
    this.#reporter.answer(answer, call.endedAt);
    if (answer.type === 'threw' && this.#spec?.stopOnError) this.#giveUpWaiting('closing');
  }

  #isIdle(): boolean {
    return this.#target !== undefined && this.#phase === 'open' && !this.#calls.isRunning;
  }

  #isToEnd(): boolean {
    if (this.#calls.isRunning) return false;
    return this.#phase === 'terminating' || (this.#phase === 'closing' && !this.#calls.isWaiting);
  }

  #end(): void {
    this.#phase = 'ended';
    this.#reporter.end(this.#worker && { state: this.#worker.state });
    this.#place.ended();
  }
}
