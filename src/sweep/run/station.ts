import { setTimeout as sleep } from 'node:timers/promises';
import { errorRecord } from '../../task/error-record.js';
import type { FailureClass, TaskEnd } from '../../task/record.js';
import type { Task } from '../point.js';
import { Activity } from './activity.js';
import { Attempt } from './attempt.js';
import type { Place } from './place.js';
import type { Shift } from './shift.js';
import { preparedFor } from './surroundings.js';
import { SweepWorker } from './sweep-worker.js';
import type { WorkerStatus } from './worker-status.js';

const STARTS_FAILED_MAX = 3;
const START_AGAIN_MS = 500;

/** One place with one worker after the other, as long as there are tasks. */
export class Station {
  readonly #place: Place;
  readonly #shift: Shift;
  readonly #leaving = new AbortController();
  /** Aborts when it is to begin nothing further. */
  readonly #over: AbortSignal;
  readonly #activity = new Activity();
  #worker: SweepWorker | undefined;
  #attempt: Attempt | undefined;
  #startsFailed = 0;
  #freeSince = performance.now();

  constructor(place: Place, shift: Shift) {
    this.#place = place;
    this.#shift = shift;
    this.#over = AbortSignal.any([shift.queue.over, this.#leaving.signal]);
  }

  get name(): string {
    return this.#place.name;
  }

  /** What it does at this moment. */
  get status(): WorkerStatus {
    const { name, host, gpus, supervision } = this.#place;
    const about = { name, host, gpus, isLeaving: this.isLeaving, ...supervision?.figures };
    const attempt = this.#attempt;
    if (!attempt) return { ...about, folder: undefined, ...this.#activity.now };
    const { task, number, loading, since } = attempt;
    const doing = { folder: task.folder, attempt: number, since };
    return loading === undefined
      ? { ...about, ...doing, state: 'running' }
      : { ...about, ...doing, state: 'loading', loading };
  }

  /** Its GPUs, where they are this machine's. */
  get slot(): Place['slot'] {
    return this.#place.slot;
  }

  get isBusy(): boolean {
    return this.#attempt !== undefined;
  }

  get isLeaving(): boolean {
    return this.#leaving.signal.aborted;
  }

  /** It ends when its task has, or at once when it has none. */
  leave(): void {
    this.#leaving.abort();
    this.#shift.queue.wake();
  }

  /** It is not let in yet, and here is why. */
  wait(reason: string): void {
    this.#activity.wait(reason);
  }

  /** Resolves when there is nothing left for it to do, and nothing of it runs. Rejects only for what no task is to blame for. */
  async work(): Promise<void> {
    const { hooks, queue, stopNow } = this.#shift;
    stopNow.addEventListener('abort', () => this.#attempt?.cut({ why: 'stop' }), { once: true });
    if (!(await this.#hasWork())) return this.#place.vacate?.();
    try {
      await hooks.beforeWorker?.(this.name);
    } catch (error) {
      return this.#shift.unfit(this.name, error);
    }
    try {
      while (!this.#over.aborted) {
        const worker = await this.#ready();
        this.#waitForTask();
        const task = worker && (await queue.next(this.name, this.#leaving.signal));
        if (!task) break;
        if (worker.isAlive) await this.#do(task, worker);
        else queue.giveBack(task); // it died while it waited
      }
    } finally {
      await this.#endWorker({ isHealthy: true });
      this.#place.vacate?.();
      await this.#bear('afterWorker', () => hooks.afterWorker?.(this.name));
    }
  }

  async #do(task: Task, worker: SweepWorker): Promise<void> {
    const { ledger, past } = this.#shift;
    const { host, gpus } = this.#place;
    const begun = ledger.begin(task, {
      worker: this.name,
      host,
      gpus,
      params: this.#place.output === 'scratch' ? 'now' : 'later',
      isEnough: (end) => past.isEnough(end),
    });
    if (begun.type !== 'claimed') return this.#shift.elsewhere(task, begun);
    const attempt = new Attempt(task, begun.attempt, { shift: this.#shift, place: this.#place });
    this.#attempt = attempt;
    if (this.#shift.stopNow.aborted) attempt.cut({ why: 'stop' });
    this.#shift.began(task);
    const waitedMs = Math.round(performance.now() - this.#freeSince);
    this.#shift.events.emit('started', task, this.name, attempt.number);
    const { supervision } = this.#place;
    supervision?.watch((reason) => attempt.cut({ why: 'memory', reason }));
    const ended = await attempt.run(worker);
    const peakMemoryMb = Math.max(ended.peakMemoryMb ?? 0, supervision?.unwatch() ?? 0);
    const end = { ...ended, ...(peakMemoryMb > 0 && { peakMemoryMb }), ...(waitedMs > 0 && { waitedMs }) };
    this.#attempt = undefined;
    if (!isOrderly(end) || !worker.isAlive) await this.#endWorker({ isHealthy: false }); // before another one has its folder
    await this.#record(task, end, attempt);
    this.#freeSince = performance.now();
    if (worker.tasks >= this.#place.tasksMax) await this.#endWorker({ isHealthy: true });
  }

  async #record(task: Task, end: TaskEnd, { isFinal }: Attempt): Promise<void> {
    const { queue, ledger, retries, tally, events, stopRules } = this.#shift;
    const mayRetry = end.status === 'failed' && !isFinal && !queue.isClosed;
    const isRetried = mayRetry && retries.allow(task.point.id, end.class ?? 'error');
    ledger.end(end);
    tally.end(end, { isRetried });
    if (isRetried) {
      for (const rule of stopRules) rule.forget?.(task);
      events.emit('retried', task, end);
      return this.#shift.again(task, end);
    }
    retries.ended(task.point.id);
    await this.#shift.concluded(task, end);
    queue.ended(task, { worker: this.name, taskMs: end.endedAt - end.startedAt, loadMs: end.loadMs ?? {} });
    if (end.status === 'failed') this.#shift.failed(task);
  }

  /** A hook that can fail nothing any more. */
  async #bear(name: string, hook: () => unknown): Promise<void> {
    try {
      await hook();
    } catch (error) {
      const { message } = errorRecord(error);
      this.#shift.events.emit('note', `the hook ${name} of ${this.name} has thrown: ${message}`);
    }
  }

  #waitForTask(): void {
    this.#activity.wait(this.#shift.queue.isLimited ? 'the first task goes alone' : 'no task is free for it');
  }

  /** A worker is started only when there may be something for it. */
  #hasWork(): Promise<boolean> {
    this.#waitForTask();
    return this.#shift.queue.hasWork(this.#over);
  }

  /** A worker that can take a task; `undefined` when the sweep ends before there is one. */
  async #ready(): Promise<SweepWorker | undefined> {
    const over = this.#over;
    while (!this.#worker?.isAlive) {
      await this.#endWorker({ isHealthy: false });
      if (!(await this.#hasWork())) return undefined;
      this.#activity.become('starting');
      try {
        this.#worker = await this.#start();
        this.#startsFailed = 0;
      } catch (error) {
        if (over.aborted) return undefined;
        this.#startsFailed += 1;
        if (isHopeless(error) || this.#startsFailed >= STARTS_FAILED_MAX) {
          this.#shift.unfit(this.name, error);
          return undefined;
        }
        this.#activity.wait('it could not be started, and is tried again');
        this.#shift.events.emit('waiting', this.name, `it cannot be started: ${(error as Error).message}`);
        await sleep(START_AGAIN_MS, undefined, { signal: over }).catch(() => {});
      }
    }
    return this.#worker;
  }

  async #start(): Promise<SweepWorker> {
    const { kind, options, name } = this.#place;
    const over = this.#over;
    const admitted = await this.#place.admit?.(over);
    this.#activity.become('starting');
    const env = { ...options.env, ...admitted };
    const worker = await SweepWorker.start(kind, {
      ...options,
      ...(kind !== 'inline' && { env }),
      name,
      preparation: preparedFor(this.#place, admitted),
      signal: over,
    });
    try {
      await this.#place.supervision?.begin(worker);
      await this.#place.onStart?.(worker);
    } catch (error) {
      this.#place.supervision?.end();
      await worker.end({ graceMs: 0, isHealthy: false });
      throw error;
    }
    this.#shift.events.emit('worker', name);
    return worker;
  }

  async #endWorker({ isHealthy }: { readonly isHealthy: boolean }): Promise<void> {
    const worker = this.#worker;
    if (!worker) return this.#place.leave?.();
    this.#worker = undefined;
    this.#activity.become('ending');
    const { queue, hooks } = this.#shift;
    if (!queue.isClosed) queue.forget(this.name);
    if (hooks.onUnload) {
      for (const variable of [...worker.holds.keys()].reverse()) {
        await this.#bear('onUnload', () => hooks.onUnload?.(variable, this.name));
      }
    }
    this.#place.supervision?.end();
    await worker.end({ graceMs: this.#shift.spec.graceMs, isHealthy });
    await this.#place.leave?.();
  }
}

/** Its task came to an end of its own, or has stopped when it was asked to: the worker can go on. */
function isOrderly({ status, class: failure = 'error' }: TaskEnd): boolean {
  return status === 'done' || status === 'stopped' || (status === 'failed' && orderly.has(failure));
}

const orderly: ReadonlySet<FailureClass> = new Set(['error', 'exit', 'load', 'verify']);

/** The same the next time: there is no such function, or the options cannot be. */
function isHopeless(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && (code.startsWith('ERR_TARGET') || code === 'ERR_OPTION');
}
