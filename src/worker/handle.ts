import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { after, settlesWithin } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { WorkerTerminatedError } from '../base/errors.js';
import { Events } from '../base/events.js';
import type { Kind, WorkerId } from '../protocol/messages.js';
import { terminatedError } from './endings.js';
import type { Errand } from './errand.js';
import { Lifecycle, type WorkerState } from './lifecycle.js';
import { checkTerminateOptions, checkTimeout, type TerminateOptions } from './options.js';
import { errorOf, type Outcome, unwrap } from './outcome.js';
import { type LastState, Run } from './run.js';
import type { Why } from './run-end.js';
import type { Settings } from './settings.js';
import type { WorkerEvents } from './worker-events.js';

/** How long to wait, and on what to give up waiting. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const active = new Set<Handle<unknown>>();
const parentId: WorkerId = { host: hostname(), pid: process.pid, tid: threadId };

/** What all workers have in common: who they are, how they are waited for, how they end. */
export abstract class Handle<T> {
  readonly #settings: Settings;
  readonly #events = new Events<WorkerEvents>();
  readonly #lifecycle = new Lifecycle((state) => this.#events.emit('state', state));
  readonly #errand: Errand<T>;
  #run: Run | undefined;
  #id: WorkerId | undefined;
  #ended = new Deferred<Outcome<T>>();
  #outcome: Outcome<T> | undefined;
  #lastState: LastState;

  /** Starts the worker. The errand may not touch the subclass before its constructor is through, but for what it closes over. */
  protected constructor(settings: Settings, errand: Errand<T>) {
    this.#settings = settings;
    this.#errand = errand;
    this.#lastState = { state: settings.initState };
    this.#start();
  }

  /** `'inline'` too when `PYW_KIND=inline` made it so. */
  get kind(): Kind {
    return this.#settings.backend.kind;
  }

  get name(): string {
    return this.#settings.spec.name;
  }

  get userId(): unknown {
    return this.#settings.userId;
  }

  /** Known once `ready` has resolved. A restart gives another one. */
  get id(): WorkerId | undefined {
    return this.#id;
  }

  /** Whose worker this is. */
  get parentId(): WorkerId {
    return parentId;
  }

  get state(): WorkerState {
    return this.#lifecycle.state;
  }

  /** Until the host is known to be gone. */
  isAlive(): boolean {
    return this.#outcome === undefined;
  }

  /** Resolves with the id once the host runs (`undefined` for a worker that was not to run); rejects when it never will. */
  get ready(): Promise<WorkerId | undefined> {
    return this.#run?.ready.promise ?? Promise.resolve(undefined);
  }

  /** Resolves with whether the worker has ended. Never rejects for what the target did. */
  async wait({ timeoutMs = Number.POSITIVE_INFINITY, signal }: WaitOptions = {}): Promise<boolean> {
    checkTimeout(timeoutMs);
    return this.#outcome !== undefined || settlesWithin(this.#ended.promise, timeoutMs, signal);
  }

  /** Resolves when the worker has ended; never rejects. */
  outcome(): Promise<Outcome<T>> {
    return this.#ended.promise;
  }

  /** Resolves with what the worker returned; rejects with its error. */
  async value(): Promise<T> {
    return unwrap(await this.#ended.promise);
  }

  /** What the worker returned, or `undefined`: also while it is alive. */
  get result(): T | undefined {
    return this.#outcome?.type === 'returned' ? this.#outcome.value : undefined;
  }

  /** Why the worker did not return, or `undefined`. */
  get error(): unknown {
    return this.#outcome && errorOf(this.#outcome);
  }

  /** `undefined` while alive. */
  get hasError(): boolean | undefined {
    return this.#outcome && 'error' in this.#outcome;
  }

  /** The last value of the target's `context().state` that is known: that of its end, or the one it began with. */
  get userState(): unknown {
    if ('error' in this.#lastState) throw this.#lastState.error;
    return this.#lastState.state;
  }

  /**
   * Ends the worker: asks, cuts off what blocks after 200 ms, kills after `graceMs`. Resolves with whether it is dead;
   * `false` only with `force: false`, and then it may still end later.
   */
  async terminate(options: TerminateOptions = {}): Promise<boolean> {
    checkTerminateOptions(options);
    return this.#terminate(options, { reason: 'asked' });
  }

  /** Where the target is at this moment, also while it blocks. Empty when it runs no JavaScript. */
  async stack(): Promise<string> {
    return this.#outcome || !this.#run ? '' : this.#run.stack();
  }

  on<E extends keyof WorkerEvents>(event: E, listener: WorkerEvents[E]): this {
    this.#events.on(event, listener);
    return this;
  }

  off<E extends keyof WorkerEvents>(event: E, listener: WorkerEvents[E]): this {
    this.#events.off(event, listener);
    return this;
  }

  /** Terminates the worker, if it is alive. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  /** Workers of this process that are alive. */
  protected static alive(): Handle<unknown>[] {
    return [...active];
  }

  protected get run(): Run | undefined {
    return this.#run;
  }

  protected markClosing(): void {
    this.#lifecycle.enter('closing');
  }

  /** A fresh host inside the same object, with the user state that the last one left. */
  protected async startAgain(options: TerminateOptions, beforeStart = (): void => {}): Promise<void> {
    if (!(await this.terminate(options))) {
      throw new WorkerTerminatedError(
        `Worker "${this.name}" cannot be restarted: it did not end in time. Restart it with force: true.`,
      );
    }
    if (!this.#settings.isToRun) return;
    beforeStart();
    this.#outcome = undefined;
    this.#ended = new Deferred();
    this.#id = undefined;
    this.#start();
  }

  #start(): void {
    const { isToRun, signal, spec } = this.#settings;
    if (!isToRun) return this.#settle({ type: 'notRun' });
    if (signal?.aborted) {
      const error = terminatedError({
        name: spec.name,
        how: 'asked',
        reason: 'signal',
        mayHaveRun: false,
        cause: signal.reason,
      });
      return this.#settle({ type: 'terminated', how: 'asked', error });
    }
    this.#lifecycle.enter('starting');
    this.#run = this.#newRun();
    active.add(this);
    void this.#follow(this.#run);
    try {
      this.#errand.begin(this.#run);
    } catch (error) {
      void this.#terminate({ graceMs: 0 }, { reason: 'asked' }); // an argument cannot be sent: nothing may be left running
      throw error;
    }
  }

  #newRun(): Run {
    const { backend, host, spec, userId, defaultArgs, graceMs } = this.#settings;
    const onOutput = (stream: 'stdout' | 'stderr', chunk: Buffer): void => this.#events.emit(stream, chunk);
    return new Run(
      {
        backend,
        spec,
        graceMs,
        host: { ...host, onOutput },
        payload: { userId, state: this.userState, args: defaultArgs },
      },
      {
        onOutput,
        onReady: (id) => {
          this.#id = id;
          this.#lifecycle.enter('running');
        },
        onNews: (event, value) => this.#events.emit(event, value as never),
      },
    );
  }

  async #follow(run: Run): Promise<void> {
    const { timeoutMs, signal } = this.#settings;
    const end = (why: Why) => (): void => void this.#terminate({}, why);
    const timer = after(timeoutMs, end({ reason: 'timeout' }), { ref: false });
    const onAbort = (): void => end({ reason: 'signal', cause: signal?.reason })();
    signal?.addEventListener('abort', onAbort, { once: true });
    const runEnd = await run.ended;
    timer.cancel();
    signal?.removeEventListener('abort', onAbort);
    if ('state' in run.lastState || 'error' in run.lastState) this.#lastState = run.lastState;
    this.#settle(this.#errand.conclude(run, runEnd));
  }

  async #terminate({ graceMs = this.#settings.graceMs, force = true }: TerminateOptions, why: Why): Promise<boolean> {
    if (this.#outcome || !this.#run) return true;
    this.#lifecycle.enter('terminating');
    return this.#run.terminate({ graceMs, force, ...why });
  }

  #settle(outcome: Outcome<T>): void {
    active.delete(this);
    this.#outcome = outcome;
    this.#lifecycle.enter('ended');
    this.#ended.resolve(outcome);
  }
}
