import { setMaxListeners } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Events } from '../../base/events.js';
import { errorRecord } from '../../task/error-record.js';
import type { Work } from '../../task/order.js';
import type { TaskEnd } from '../../task/record.js';
import type { Estimate } from '../batch/estimate.js';
import type { Begin } from '../ledger/begin.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Task } from '../point.js';
import { type Agenda, Queue } from './agenda.js';
import { ruleOf } from './early-stop.js';
import type { Loads } from './loads.js';
import type { Past } from './past.js';
import type { Place } from './place.js';
import type { Resolved } from './resolved.js';
import { RetryRules } from './retry-rules.js';
import type { Shift } from './shift.js';
import { Station } from './station.js';
import type { SweepEvents } from './sweep-events.js';
import type { Tally } from './tally.js';

const ELSEWHERE_MS = 500;

export interface SweepRunOptions {
  readonly spec: Resolved;
  readonly past: Past;
  readonly work: Work;
  readonly loads: Loads;
  readonly ledger: Ledger;
  readonly agenda: Agenda;
  readonly events: Events<SweepEvents>;
  readonly tally: Tally;
  /** Told before another task is asked for. */
  onEnd(task: Task, end: TaskEnd): void | Promise<void>;
}

/** One run of a sweep: its workers, until there is nothing left to do or it is stopped. */
export class SweepRun implements Shift {
  readonly spec: Resolved;
  readonly output: string;
  readonly work: Work;
  readonly loads: Loads;
  readonly ledger: Ledger;
  readonly past: Past;
  readonly queue: Queue;
  readonly retries: RetryRules;
  readonly stopRules: Shift['stopRules'];
  readonly hooks: Shift['hooks'];
  readonly events: Events<SweepEvents>;
  readonly tally: Tally;
  readonly #onEnd: SweepRunOptions['onEnd'];
  readonly #stopNow = new AbortController();
  readonly #stations = new Map<Station, Promise<void>>();
  readonly #toRetry = new Map<string, { readonly task: Task; readonly end: TaskEnd }>();
  /** Tasks that have failed for good in this run, by id. */
  readonly #failed = new Map<string, Task>();
  #failure: { readonly error: unknown } | undefined;
  /** Why the first place that cannot work cannot. */
  #unfit: { readonly error: unknown } | undefined;
  #first: ((end: TaskEnd) => void) | undefined;

  constructor({ spec, past, work, loads, ledger, agenda, events, tally, onEnd }: SweepRunOptions) {
    setMaxListeners(0, this.stopNow); // as many as there are workers
    this.spec = spec;
    this.output = resolve(spec.output);
    this.work = work;
    this.loads = loads;
    this.ledger = ledger;
    this.past = past;
    this.queue = new Queue(agenda);
    this.retries = new RetryRules(spec.retries);
    this.stopRules = [spec.stopIf ?? []].flat().map(ruleOf);
    this.hooks = spec.hooks ?? {};
    this.events = events;
    this.tally = tally;
    this.#onEnd = onEnd;
    setMaxListeners(0, this.stopNow, this.queue.over); // each worker listens: many are no leak
  }

  get stopNow(): AbortSignal {
    return this.#stopNow.signal;
  }

  get stations(): readonly Station[] {
    return [...this.#stations.keys()];
  }

  /** Opens a place for work. */
  staff(place: Place): void {
    const station = new Station(place, this);
    const work = station
      .work()
      .catch((error) => this.#fail(error))
      .finally(() => this.#stations.delete(station));
    this.#stations.set(station, work);
  }

  /** Lets a worker go when its task has ended: one that has none, else the one that came last. Returns its name. */
  dismiss(): string {
    const staying = this.#staying;
    if (staying.length <= 1) throw new Error('One worker has to stay. Stop the sweep instead.');
    const station = staying.findLast(({ isBusy }) => !isBusy) ?? staying.at(-1);
    station?.leave();
    return station?.name ?? '';
  }

  /** Tasks that have failed for good are done once more; what they had before counts no longer. Returns how many. */
  retryFailed(): number {
    const tasks = [...this.#failed.values()];
    if (tasks.length === 0) return 0;
    this.#failed.clear();
    this.loads.forgive();
    this.tally.reopen(tasks.length);
    for (const task of tasks) {
      for (const rule of this.stopRules) rule.forget?.(task);
      this.events.emit('reopened', task);
    }
    this.queue.again(tasks);
    return tasks.length;
  }

  /** How long it will take yet, with the workers that stay. */
  get remaining(): Estimate | undefined {
    return this.queue.estimate(this.#staying.length);
  }

  get #staying(): Station[] {
    return this.stations.filter(({ isLeaving }) => !isLeaving);
  }

  /** Resolves with how the first task ends, while no other one is begun; `undefined` when none is. */
  async tryOne(place: Place): Promise<TaskEnd | undefined> {
    this.queue.limitTo(1);
    const first = new Promise<TaskEnd>((end) => {
      this.#first = end;
    });
    this.staff(place);
    const end = await Promise.race([first, this.#idle().then(() => undefined)]);
    this.#first = undefined;
    return end;
  }

  /** Lifts the limit of `tryOne`. */
  goOn(): void {
    this.queue.limitTo(Number.POSITIVE_INFINITY);
  }

  /** Resolves when no worker is left. Rejects with what went wrong beyond any one task. */
  async over(): Promise<void> {
    await this.#idle();
    for (const { task, end } of this.#toRetry.values()) await this.#giveUp(task, end);
    if (!this.queue.isClosed && this.queue.left > 0) this.#failure ??= this.#unfit;
    this.queue.close(); // nobody waits any more for a task that was to come back
    if (this.#failure) throw this.#failure.error;
  }

  halt(reason: string): void {
    if (this.queue.isClosed) return;
    this.queue.close();
    this.events.emit('halted', reason);
  }

  /** Ends running tasks too. */
  cancel(reason: string): void {
    this.halt(reason);
    this.#stopNow.abort(new Error(reason));
  }

  unfit(worker: string, error: unknown): void {
    this.events.emit('note', `${worker} cannot be started: ${errorRecord(error).message}`);
    this.#unfit ??= { error };
  }

  began(task: Task): void {
    this.#toRetry.delete(task.point.id);
    this.tally.begin();
  }

  again(task: Task, end: TaskEnd): void {
    const { retryDelayMs = 0 } = this.spec;
    this.#toRetry.set(task.point.id, { task, end });
    if (retryDelayMs === 0) return this.queue.giveBack(task);
    void sleep(retryDelayMs, undefined, { signal: this.queue.over })
      .catch(() => {}) // no further task is begun
      .then(() => this.queue.giveBack(task));
  }

  async concluded(task: Task, end: TaskEnd): Promise<void> {
    await this.#onEnd(task, end);
    this.#first?.(end);
    if (end.status !== 'failed') return void this.events.emit('ended', task, end);
    const { onFailure, maxFailures = Number.POSITIVE_INFINITY } = this.spec;
    if (onFailure !== 'silent') this.events.emit('ended', task, end);
    if (onFailure === 'stop') this.halt(`${task.folder} has failed, and onFailure is 'stop'`);
    const { failures } = this.tally.counters;
    if (failures >= maxFailures) this.halt(`${failures} tasks have failed, and maxFailures is ${maxFailures}`);
  }

  failed(task: Task): void {
    this.#failed.set(task.point.id, task);
  }

  elsewhere(task: Task, found: Exclude<Begin, { readonly type: 'claimed' }>): void {
    if (found.type !== 'taken') {
      this.#toRetry.delete(task.point.id);
      const ended =
        found.type === 'done' ? this.#doneElsewhere(task, found.end) : this.#failedElsewhere(task, found.end);
      return void ended.catch((error) => this.#fail(error));
    }
    this.queue.setAside();
    void sleep(ELSEWHERE_MS, undefined, { signal: this.queue.over })
      .catch(() => {}) // no further task is begun
      .then(() => this.queue.takeUp(task));
  }

  async #doneElsewhere(task: Task, end: TaskEnd): Promise<void> {
    this.tally.skip();
    await this.#onEnd(task, end);
    this.queue.ended(task, { worker: end.worker, taskMs: undefined, loadMs: {} });
  }

  async #failedElsewhere(task: Task, end: TaskEnd): Promise<void> {
    await this.#giveUp(task, end);
    this.queue.ended(task, { worker: end.worker, taskMs: undefined, loadMs: {} });
  }

  /** It was to be tried again, and that is not to be any more: so it stays as it ended last. */
  async #giveUp(task: Task, end: TaskEnd): Promise<void> {
    this.tally.giveUp();
    await this.concluded(task, end);
  }

  async #idle(): Promise<void> {
    while (this.#stations.size > 0) await Promise.all(this.#stations.values());
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.cancel(`the sweep cannot go on: ${errorRecord(error).message}`);
  }
}
