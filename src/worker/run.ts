import type { Backend, HostOptions, RunningHost } from '../backend/backend.js';
import { settlesWithin } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import type { Traffic } from '../channel/channel.js';
import { unseal } from '../codec/codec.js';
import type { HostSpec, Received, Report, StartPayload, WorkerId } from '../protocol/messages.js';
import { refer } from '../target/refer.js';
import type { TargetRef } from '../target/target-ref.js';
import { CallBook, type OpenCall } from './call-book.js';
import { opened, valueIn } from './opened.js';
import { type RunEnd, RunFacts, type Why } from './run-end.js';
import { descend } from './termination.js';

export interface RunOptions {
  readonly backend: Backend;
  readonly host: Omit<HostOptions, 'onDraining' | 'onRecalled'>;
  readonly spec: HostSpec;
  readonly payload: StartPayload;
  readonly graceMs: number;
}

export interface RunListener {
  onReady(id: WorkerId): void;
  onNews(...news: ['progress', unknown] | ['outgrown', number]): void;
  onOutput(stream: 'stdout' | 'stderr', chunk: Buffer): void;
}

/** The user state as the host left it; empty when the host never got so far. */
export type LastState = { readonly state?: unknown; readonly error?: unknown };

const NOTHING: readonly unknown[] = [];

/** One life of a worker: from the start of its host to the end of it. */
export class Run {
  readonly ready = new Deferred<WorkerId>();
  readonly ended: Promise<RunEnd>;
  readonly calls: CallBook;
  lastState: LastState = {};
  /** The host is gone. */
  isOver = false;
  readonly #options: RunOptions;
  readonly #listener: RunListener;
  readonly #host: RunningHost;
  readonly #heard = new Map<number | null, Deferred<void>>();
  readonly #facts: RunFacts;

  constructor(options: RunOptions, listener: RunListener) {
    this.#options = options;
    this.#listener = listener;
    this.#facts = new RunFacts(options.spec.name);
    this.calls = new CallBook(options.spec.concurrency);
    this.#host = options.backend.start({
      ...options.host,
      onDraining: () => this.#facts.drain(),
      onRecalled: ({ claimed, upTo }) => this.calls.takeBack(claimed + 1, upTo),
    });
    this.#host.channel.receive((report, attachments) => this.#take(report, attachments));
    try {
      this.#sendStart();
    } catch (error) {
      this.#host.kill();
      throw error;
    }
    this.ended = this.#end();
  }

  #sendStart(): void {
    const { channel } = this.#host;
    const { spec, payload, host } = this.#options;
    channel.send({ type: 'start', spec, payload }, 'options');
    if (host.target === undefined) return;
    const ref = refer(host.target);
    const sendTarget = (target: TargetRef): void =>
      channel.send({ type: 'target', target: this.#host.placed?.(target) ?? target });
    if (!(ref instanceof Promise)) return sendTarget(ref);
    ref.then(sendTarget).catch((error: unknown) => {
      this.#facts.refusal = { error };
      this.#host.kill();
    });
  }

  /** Throws `UnsendableError`, and then there is no call. */
  call(args: readonly unknown[], call: OpenCall, transfer: readonly unknown[] = NOTHING): number {
    const id = this.calls.nextId;
    this.#host.channel.send({ type: 'call', id, payload: args }, 'args', transfer);
    this.calls.add(call);
    return id;
  }

  /** Sends several at once, if they are plain data; answers whether they were. */
  callAll(argsOfEach: readonly (readonly unknown[])[], calls: readonly OpenCall[]): boolean {
    const order = { type: 'calls', id: this.calls.nextId, count: calls.length, payload: argsOfEach } as const;
    const isSent = this.#host.channel.sendIfPlain(order);
    if (isSent) for (const call of calls) this.calls.add(call);
    return isSent;
  }

  get traffic(): Traffic {
    return this.#host.channel.traffic;
  }

  close(): void {
    this.#host.channel.send({ type: 'close' });
  }

  terminate(options: { graceMs: number; force: boolean } & Why): Promise<boolean> {
    this.#facts.why ??= options;
    return descend(
      {
        ask: () => this.#host.urge({ type: 'terminate' }),
        acknowledged: this.#heardOf(null),
        interrupt: () => this.#force('interrupted', () => this.#host.interrupt()),
        kill: () => this.#force('killed', () => this.#host.kill()),
        ended: this.ended,
      },
      options,
    );
  }

  /** Takes one call down the ladder; the worker goes down with it only where there is no other way. */
  async abortCall(id: number, callEnded: Promise<unknown>, why: Why): Promise<void> {
    if (!this.calls.hasTurn(id)) return this.#dropCall(id, why);
    const dueTo = (act: () => void) => (): void => {
      this.#facts.whyForced ??= why;
      act();
    };
    const descent = {
      ask: () => this.#host.urge({ type: 'cancel', id }),
      acknowledged: this.#heardOf(id),
      interrupt: dueTo(() => this.#force('interrupted', () => this.#host.interrupt(id))),
      kill: dueTo(() => this.#force('killed', () => this.#host.kill())),
      ended: callEnded,
    };
    await descend(descent, { graceMs: this.#options.graceMs, force: true });
    this.#heard.delete(id);
  }

  /**
   * The host has not begun it, and a blocked one may not hear for long: it is over here and now. Should the host begin it
   * all the same, because the call was faster than what cancels it, it is taken down then.
   */
  #dropCall(id: number, why: Why): void {
    const answered = new Deferred<void>();
    let isDue = false;
    const dropped = this.calls.replace(id, {
      isForgotten: true,
      settle: () => answered.resolve(),
      onTurn: () => {
        if (!isDue) void this.abortCall(id, answered.promise, why);
        isDue = true;
      },
    });
    this.#host.urge({ type: 'cancel', id });
    dropped?.settle(this.#facts.droppedCall(why));
  }

  /** Takes back the calls whose turn has not come and that have not begun: they end as `notRun`, once that is certain. */
  recall(): void {
    this.#host.urge({ type: 'recall', after: this.calls.lastTurnId, upTo: this.calls.nextId - 1 });
  }

  async stack(): Promise<string> {
    const id = await Promise.race([this.ready.promise, this.ended]);
    return 'tid' in id ? this.#host.stack(id) : '';
  }

  #force(how: 'interrupted' | 'killed', act: () => void): void {
    this.#facts.forced = how;
    act();
  }

  #heardOf(id: number | null): Promise<void> {
    const heard = this.#heard.get(id) ?? new Deferred<void>();
    this.#heard.set(id, heard);
    return heard.promise;
  }

  #take(report: Received<Report>, attachments: readonly unknown[]): void {
    const { calls } = this;
    switch (report.type) {
      case 'ready':
        this.ready.resolve(report.id);
        return this.#listener.onReady(report.id);
      case 'prepared':
        return calls.begin();
      case 'returned':
        return calls.settle(report.id, opened(report.payload, attachments), report.ranUs);
      case 'results':
        return calls.settleResults(report.id, unseal(report.payload, attachments) as unknown[], report.ranUs);
      case 'threw':
        return calls.settle(report.id, { type: 'threw', error: valueIn(report.payload, attachments) }, report.ranUs);
      case 'stopped':
        return calls.settle(report.id, this.#facts.stoppedCall(report.how, valueIn(report.payload, attachments)));
      case 'unbegun':
        return calls.settle(report.id, { type: 'notRun' });
      case 'refused':
        this.#facts.refusal = { error: valueIn(report.payload, attachments) };
        return;
      case 'progress':
        return this.#listener.onNews('progress', valueIn(report.payload, attachments));
      case 'outgrown':
        return this.#listener.onNews('outgrown', report.megabytes);
      case 'acknowledged':
        this.#facts.isHeard ||= report.id === null;
        return this.#heard.get(report.id)?.resolve();
      case 'output':
        return this.#output(report.stream, valueIn(report.payload, attachments) as Uint8Array);
      case 'dying':
        this.#facts.dying = { code: report.code, error: valueIn(report.payload, attachments) };
        return;
      case 'ended':
        this.#facts.isOrderly = true;
        void this.#insistOnEnd();
        this.lastState = (valueIn(report.payload, attachments) ?? {}) as LastState;
        return;
      default:
        report satisfies never;
    }
  }

  #output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    this.#host.outputTaken(bytes.byteLength);
    this.#listener.onOutput(stream, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  async #end(): Promise<RunEnd> {
    await this.#host.channel.ended;
    void this.#insistOnEnd();
    const end = this.#facts.conclude(await this.#host.exit(this.#facts.isOrderly));
    this.ready.reject('error' in end ? end.error : undefined);
    this.isOver = true;
    this.calls.settleAll(() => this.#facts.outcomeOfUnanswered(end));
    this.#host.channel.destroy();
    return end;
  }

  /** The host is through, but exit handlers of the target's own may keep its process alive. */
  async #insistOnEnd(): Promise<void> {
    if (!(await settlesWithin(this.ended, this.#options.graceMs))) this.#host.kill();
  }
}
