import type { Backend, HostOptions, RunningHost } from '../backend/backend.js';
import { settlesWithin } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import type { EndReason, Exit, HowTerminated, WorkerLostError, WorkerTerminatedError } from '../base/errors.js';
import { type Sealed, unseal } from '../codec/codec.js';
import type { HostSpec, Received, Report, StartPayload, WorkerId } from '../protocol/messages.js';
import { refer } from '../target/refer.js';
import { CallBook, type OpenCall } from './call-book.js';
import { lostError, neverBegunError, terminatedError } from './endings.js';
import type { Outcome } from './outcome.js';
import { descend } from './termination.js';

export interface RunOptions {
  readonly backend: Backend;
  readonly host: HostOptions;
  readonly spec: HostSpec;
  readonly payload: StartPayload;
  readonly graceMs: number;
}

export interface RunListener {
  onReady(id: WorkerId): void;
  onProgress(value: unknown): void;
  onOutput(stream: 'stdout' | 'stderr', chunk: Buffer): void;
}

/** How a run ended. What that means for a call depends on whether the call was answered before. */
export type RunEnd =
  | { readonly type: 'finished' }
  | { readonly type: 'refused'; readonly error: unknown }
  | { readonly type: 'terminated'; readonly how: HowTerminated; readonly error: WorkerTerminatedError }
  | { readonly type: 'lost'; readonly exit: Exit; readonly error: WorkerLostError };

/** The user state as the host left it; empty when the host never got so far. */
export type LastState = { readonly state?: unknown; readonly error?: unknown };

const NOTHING: readonly unknown[] = [];

/** On whose behalf something is ended. */
export interface Why {
  readonly reason: EndReason;
  readonly cause?: unknown;
}

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
  #why: Why | undefined;
  /** For whose sake one call was forced to end; the worker's own reason, should it have died of that. */
  #whyForced: Why | undefined;
  #forced: 'interrupted' | 'killed' | undefined;
  #stoppedHow: 'asked' | 'interrupted' = 'asked';
  #refusal: { readonly error: unknown } | undefined;
  #dying: { readonly code: number; readonly error: unknown } | undefined;
  #isOrderly = false;
  #isHeard = false;

  constructor(options: RunOptions, listener: RunListener) {
    this.#options = options;
    this.#listener = listener;
    this.calls = new CallBook(options.spec.concurrency);
    this.#host = options.backend.start(options.host);
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
    const ref = refer(host.target);
    if (ref instanceof Promise) void ref.then((target) => channel.send({ type: 'target', target }));
    else channel.send({ type: 'target', target: ref });
  }

  /** Throws `UnsendableError`, and then there is no call. */
  call(args: readonly unknown[], call: OpenCall, transfer: readonly unknown[] = NOTHING): number {
    const id = this.calls.nextId;
    this.#host.channel.send({ type: 'call', id, payload: args }, 'args', transfer);
    this.calls.add(call);
    return id;
  }

  close(): void {
    this.#host.channel.send({ type: 'close' });
  }

  terminate(options: { graceMs: number; force: boolean } & Why): Promise<boolean> {
    this.#why ??= options;
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
      this.#whyForced ??= why;
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

  /** The host has not begun it, and a blocked one may not hear for long: it is over here and now. */
  #dropCall(id: number, { reason, cause }: Why): void {
    this.#host.urge({ type: 'cancel', id });
    const error = terminatedError({ name: this.#options.spec.name, how: 'asked', reason, mayHaveRun: false, cause });
    this.calls.settle(id, { type: 'terminated', how: 'asked', error });
  }

  async stack(): Promise<string> {
    const id = await Promise.race([this.ready.promise, this.ended]);
    return 'tid' in id ? this.#host.stack(id) : '';
  }

  #force(how: 'interrupted' | 'killed', act: () => void): void {
    this.#forced = how;
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
        return calls.settle(report.id, opened(report.payload, attachments));
      case 'threw':
        return calls.settle(report.id, { type: 'threw', error: valueIn(report.payload, attachments) });
      case 'stopped':
        return this.#callStopped(report, valueIn(report.payload, attachments));
      case 'refused':
        this.#refusal = { error: valueIn(report.payload, attachments) };
        return;
      case 'progress':
        return this.#listener.onProgress(valueIn(report.payload, attachments));
      case 'acknowledged':
        this.#isHeard ||= report.id === null;
        return this.#heard.get(report.id)?.resolve();
      case 'output':
        return this.#output(report.stream, valueIn(report.payload, attachments) as Uint8Array);
      case 'dying':
        this.#dying = { code: report.code, error: valueIn(report.payload, attachments) };
        return;
      case 'ended':
        this.#isOrderly = true;
        void this.#insistOnEnd();
        this.lastState = (valueIn(report.payload, attachments) ?? {}) as LastState;
        return;
      default:
        report satisfies never;
    }
  }

  #callStopped({ id, how }: { id: number; how: 'asked' | 'interrupted' }, cause: unknown): void {
    this.#stoppedHow = how;
    const why: Why = this.#why ?? { reason: 'asked' };
    const error = terminatedError({
      name: this.#options.spec.name,
      how,
      reason: why.reason,
      cause: cause ?? why.cause,
    });
    this.calls.settle(id, { type: 'terminated', how, error });
  }

  #output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    this.#host.outputTaken(bytes.byteLength);
    this.#listener.onOutput(stream, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  async #end(): Promise<RunEnd> {
    await this.#host.channel.ended;
    void this.#insistOnEnd();
    const end = this.#conclude(await this.#host.exit(this.#isOrderly));
    this.ready.reject('error' in end ? end.error : undefined);
    this.isOver = true;
    this.calls.settleAll(() => this.#outcomeOfUnanswered(end));
    this.#host.channel.destroy();
    return end;
  }

  /** The host is through, but exit handlers of the target's own may keep its process alive. */
  async #insistOnEnd(): Promise<void> {
    if (!(await settlesWithin(this.ended, this.#options.graceMs))) this.#host.kill();
  }

  #conclude(exit: Exit): RunEnd {
    const { name } = this.#options.spec;
    if (this.#refusal) return { type: 'refused', error: this.#refusal.error };
    if (this.#isOrderly) {
      return this.#why && this.#isHeard ? this.#terminated(this.#stoppedHow, this.#why) : { type: 'finished' };
    }
    const why = this.#why ?? this.#whyForced;
    if (why) return this.#terminated(this.#forced ?? 'asked', why);
    const told = this.#dying ? { ...exit, code: this.#dying.code, error: this.#dying.error ?? exit.error } : exit;
    return { type: 'lost', exit: told, error: lostError(name, told) };
  }

  #terminated(how: HowTerminated, why: Why): RunEnd {
    return { type: 'terminated', how, error: terminatedError({ name: this.#options.spec.name, how, ...why }) };
  }

  #outcomeOfUnanswered(end: RunEnd): Outcome<unknown> {
    const { name } = this.#options.spec;
    switch (end.type) {
      case 'refused':
        return { type: 'threw', error: end.error };
      case 'lost':
        return end;
      case 'terminated': {
        const { how, error } = end;
        const { reason } = error;
        const mayHaveRun = !this.#isOrderly; // an orderly host has answered all that it had begun
        return {
          type: 'terminated',
          how,
          error: terminatedError({ name, how, reason, mayHaveRun, cause: error.cause }),
        };
      }
      case 'finished':
        return { type: 'terminated', how: 'asked', error: neverBegunError(name) };
      default:
        return end satisfies never;
    }
  }
}

function opened(payload: Sealed, attachments: readonly unknown[]): Outcome<unknown> {
  try {
    return { type: 'returned', value: unseal(payload, attachments) };
  } catch (error) {
    return { type: 'threw', error };
  }
}

/** One that cannot be rebuilt gives the error that says so. */
function valueIn(payload: Sealed, attachments: readonly unknown[]): unknown {
  try {
    return unseal(payload, attachments);
  } catch (error) {
    return error;
  }
}
