import type { AsyncLocalStorage } from 'node:async_hooks';
import { after } from '../base/deadline.js';
import { WorkerTerminatedError } from '../base/errors.js';
import type { Kind, WorkerId } from '../protocol/messages.js';

/** What a target knows of the worker it runs in. */
export interface Context<State = unknown> {
  readonly id: WorkerId;
  readonly kind: Kind;
  readonly name: string;
  readonly userId: unknown;
  /** Aborts when the worker, or this call, is asked to stop. */
  readonly signal: AbortSignal;
  /** Starts as the option `initState`; its last value is `userState` on the handle once the worker has ended. */
  state: State;
  /** Throws `WorkerTerminatedError` once this worker or call was asked to stop. Also in a loop that never awaits. */
  throwIfTerminated(): void;
  /** Sends a value to the handle's `progress` event. */
  progress(value: unknown): void;
  /** Resolves after `ms`; rejects at once when asked to stop. */
  sleep(ms: number): Promise<void>;
  /** Runs `hook` when this call is stopped, asked or cut off, after it has ended and before the handle hears of it. */
  onTerminate(hook: () => unknown): void;
}

/** What all calls of one worker have in common. */
export interface WorkerContext {
  readonly id: WorkerId;
  readonly kind: Kind;
  readonly name: string;
  readonly userId: unknown;
  state: unknown;
  sendProgress(value: unknown): void;
}

/** The call behind a context. */
export interface CallLink {
  readonly shouldStop: boolean;
  sendProgress(value: unknown): void;
}

/** One call's view of its worker. Signals are made when asked for: most calls never look. */
export class CallContext implements Context {
  readonly #worker: WorkerContext;
  readonly #call: CallLink;
  #hooks: (() => unknown)[] | undefined;
  #controller: AbortController | undefined;
  #stopError: WorkerTerminatedError | undefined;

  constructor(worker: WorkerContext, call: CallLink) {
    this.#worker = worker;
    this.#call = call;
  }

  get id(): WorkerId {
    return this.#worker.id;
  }

  get kind(): Kind {
    return this.#worker.kind;
  }

  get name(): string {
    return this.#worker.name;
  }

  get userId(): unknown {
    return this.#worker.userId;
  }

  get state(): unknown {
    return this.#worker.state;
  }

  set state(value: unknown) {
    this.#worker.state = value;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#call.shouldStop) this.#controller.abort(this.stopError);
    }
    return this.#controller.signal;
  }

  throwIfTerminated(): void {
    if (this.#call.shouldStop) throw this.stopError;
  }

  progress(value: unknown): void {
    this.#call.sendProgress(value);
  }

  sleep(ms: number): Promise<void> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason);
      };
      const timer = after(ms, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  onTerminate(hook: () => unknown): void {
    this.#hooks ??= [];
    this.#hooks.push(hook);
  }

  get stopError(): WorkerTerminatedError {
    this.#stopError ??= new WorkerTerminatedError();
    return this.#stopError;
  }

  /** The call has been asked to stop. */
  abort(): void {
    this.#controller?.abort(this.stopError);
  }

  /** Gives what the first failing hook threw; the others run all the same. */
  async runHooks(): Promise<unknown> {
    const failures: unknown[] = [];
    for (const hook of this.#hooks?.splice(0) ?? []) {
      try {
        await hook();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures[0];
  }
}

/** Where the running call's context is kept: in a variable, or per async flow where several calls share a thread. */
interface Holder {
  current?: Context;
  flows?: AsyncLocalStorage<Context>;
}

// On the global object, since the host and the target's own import of this module may be two copies of it.
const key = Symbol.for('pyworkers.context');
const globals = globalThis as { [key]?: Holder };
globals[key] ??= {};
export const holder: Holder = globals[key];

/** The running call's context. Outside of a target there is none, which is an error. */
export function context<State = unknown>(): Context<State> {
  const found = holder.flows?.getStore() ?? holder.current;
  if (!found) throw new Error('context() was called outside of a target: it exists only while a worker runs one.');
  return found as Context<State>; // the caller says what its state is
}
