import { setTimeout as sleep } from 'node:timers/promises';
import { errorRecord } from '../../task/error-record.js';
import type { Activity } from './activity.js';
import type { Place } from './place.js';
import type { Shift } from './shift.js';
import { preparedFor } from './surroundings.js';
import { SweepWorker } from './sweep-worker.js';

const STARTS_FAILED_MAX = 3;
const START_AGAIN_MS = 500;

export interface PostOptions {
  readonly shift: Shift;
  readonly activity: Activity;
  /** Aborts when no worker is to be started any more. */
  readonly over: AbortSignal;
}

/** The worker of one place: started when there is something for it to do, followed by another one, ended with all it holds. */
export class Post {
  readonly #place: Place;
  readonly #shift: Shift;
  readonly #activity: Activity;
  readonly #over: AbortSignal;
  #worker: SweepWorker | undefined;
  #startsFailed = 0;

  constructor(place: Place, { shift, activity, over }: PostOptions) {
    this.#place = place;
    this.#shift = shift;
    this.#activity = activity;
    this.#over = over;
  }

  /** Waits until there may be a task for it; `false` when there will be none any more. */
  hasWork(): Promise<boolean> {
    this.waitForTask();
    return this.#shift.queue.hasWork(this.#over);
  }

  waitForTask(): void {
    this.#activity.wait(this.#shift.queue.isLimited ? 'the first task goes alone' : 'no task is free for it');
  }

  /** A worker that can take a task; `undefined` when the sweep ends before there is one. */
  async ready(): Promise<SweepWorker | undefined> {
    const over = this.#over;
    while (!this.#worker?.isAlive) {
      await this.end({ isHealthy: false });
      if (!(await this.hasWork())) return undefined;
      this.#activity.become('starting');
      try {
        this.#worker = await this.#start();
        this.#startsFailed = 0;
      } catch (error) {
        if (over.aborted) return undefined;
        this.#startsFailed += 1;
        if (isHopeless(error) || this.#startsFailed >= STARTS_FAILED_MAX) {
          this.#shift.unfit(this.#place.name, error);
          return undefined;
        }
        this.#activity.wait('it could not be started, and is tried again');
        this.#shift.events.emit('waiting', this.#place.name, `it cannot be started: ${(error as Error).message}`);
        await sleep(START_AGAIN_MS, undefined, { signal: over }).catch(() => {});
      }
    }
    return this.#worker;
  }

  /** Ends the worker, if there is one. One that is healthy gives back what it holds. */
  async end({ isHealthy }: { readonly isHealthy: boolean }): Promise<void> {
    const worker = this.#worker;
    if (!worker) return this.#place.leave?.();
    this.#worker = undefined;
    this.#activity.become('ending');
    const { queue, hooks } = this.#shift;
    const { name } = this.#place;
    if (!queue.isClosed) queue.forget(name);
    if (hooks.onUnload) {
      for (const variable of [...worker.holds.keys()].reverse()) {
        await this.bear('onUnload', () => hooks.onUnload?.(variable, name));
      }
    }
    this.#place.supervision?.end();
    await worker.end({ graceMs: this.#shift.spec.graceMs, isHealthy });
    await this.#place.leave?.();
  }

  /** Calls a hook that can fail nothing any more. */
  async bear(name: string, hook: () => unknown): Promise<void> {
    try {
      await hook();
    } catch (error) {
      const { message } = errorRecord(error);
      this.#shift.events.emit('note', `the hook ${name} of ${this.#place.name} has thrown: ${message}`);
    }
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
      limit: { timeoutMs: this.#shift.spec.workers?.setupTimeoutMs, signal: over },
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
}

/** The same the next time: there is no such function, or the options cannot be. */
function isHopeless(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && (code.startsWith('ERR_TARGET') || code === 'ERR_OPTION');
}
