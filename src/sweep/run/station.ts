import type { TaskEnd } from '../../task/record.js';
import type { Task } from '../point.js';
import { Activity } from './activity.js';
import type { GiveBack } from './agenda.js';
import { Attempt } from './attempt.js';
import type { Place } from './place.js';
import { Portion } from './portion.js';
import { Post } from './post.js';
import { recallWhenLate } from './recall-when-late.js';
import { salvage } from './salvage.js';
import type { Shift } from './shift.js';
import type { SweepWorker } from './sweep-worker.js';
import { isOrderly } from './verdict.js';
import type { WorkerStatus } from './worker-status.js';

/** One place that works off tasks, with one worker after the other, as long as there are any. */
export class Station {
  readonly #place: Place;
  readonly #shift: Shift;
  readonly #leaving = new AbortController();
  /** Aborts when it is to begin nothing further. */
  readonly #over: AbortSignal;
  readonly #activity = new Activity();
  readonly #post: Post;
  readonly #portion = new Portion();
  /** The task it is at, and those that its worker was given together with it. */
  #attempts: readonly Attempt[] = [];
  #freeSince = performance.now();

  constructor(place: Place, shift: Shift) {
    this.#place = place;
    this.#shift = shift;
    this.#over = AbortSignal.any([shift.queue.over, this.#leaving.signal]);
    this.#post = new Post(place, { shift, activity: this.#activity, over: this.#over });
  }

  get name(): string {
    return this.#place.name;
  }

  /** What it does at this moment. */
  get status(): WorkerStatus {
    const { name, host, gpus, supervision } = this.#place;
    const about = { name, host, gpus, isLeaving: this.isLeaving, ...supervision?.figures };
    const [attempt] = this.#attempts;
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
    return this.#attempts.length > 0;
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
    const { hooks, stopNow } = this.#shift;
    stopNow.addEventListener('abort', () => this.#cut(), { once: true });
    if (!(await this.#post.hasWork())) return this.#place.vacate?.();
    try {
      await hooks.beforeWorker?.(this.name);
    } catch (error) {
      return this.#shift.unfit(this.name, error);
    }
    try {
      await this.#workOff();
    } finally {
      await this.#post.end({ isHealthy: true });
      this.#place.vacate?.();
      await this.#post.bear('afterWorker', () => hooks.afterWorker?.(this.name));
    }
  }

  async #workOff(): Promise<void> {
    const { queue } = this.#shift;
    while (!this.#over.aborted) {
      const worker = await this.#post.ready();
      this.#post.waitForTask();
      const task = worker && (await queue.next(this.name, this.#leaving.signal));
      if (!task) return;
      if (!worker.isAlive) {
        queue.giveBack(task); // it died while it waited
        continue;
      }
      const room = Math.min(this.#portion.size, this.#place.tasksMax - worker.tasks);
      const others = this.#mayShare ? queue.more(this.name, room - 1) : [];
      await this.#do([task, ...others], worker);
      if (worker.tasks >= this.#place.tasksMax) await this.#post.end({ isHealthy: true });
    }
  }

  /** Whether tasks may follow each other without a word from here between them. */
  get #mayShare(): boolean {
    const { hooks, stopRules, loads } = this.#shift;
    const isWatched = this.#place.supervision?.hasLimit || hooks.beforeTask || stopRules.length > 0;
    return this.#place.kind !== 'inline' && loads.areNone && !isWatched;
  }

  #cut(): void {
    for (const attempt of this.#attempts) attempt.cut({ why: 'stop' });
  }

  async #do(tasks: readonly Task[], worker: SweepWorker): Promise<void> {
    this.#attempts = this.#begun(tasks);
    if (this.#shift.stopNow.aborted) this.#cut();
    const together = this.#attempts.length > 1 ? this.#giveTogether(worker) : undefined;
    try {
      this.#portion.took(await this.#conclude(worker));
    } finally {
      together?.cancel();
      this.#attempts = [];
    }
  }

  /** Those that are this driver's to do. */
  #begun(tasks: readonly Task[]): Attempt[] {
    const { ledger, past } = this.#shift;
    const { host, gpus, output } = this.#place;
    const begun = ledger.beginAll(tasks, {
      worker: this.name,
      host,
      gpus,
      params: output === 'scratch' ? 'now' : 'later',
      isEnough: (end) => past.isEnough(end),
    });
    return tasks.flatMap((task, i) => {
      const found = begun[i];
      if (found?.type === 'claimed')
        return new Attempt(task, found.attempt, { shift: this.#shift, place: this.#place });
      if (found) this.#shift.elsewhere(task, found);
      return [];
    });
  }

  #giveTogether(worker: SweepWorker): { cancel(): void } {
    worker.perform(this.#attempts, this.#shift.spec);
    for (const attempt of this.#attempts) void this.#giveBackWhenTaken(attempt);
    return recallWhenLate(worker, this.#over);
  }

  async #giveBackWhenTaken(attempt: Attempt): Promise<void> {
    if (!(await attempt.isTakenBack()) || this.#attempts.indexOf(attempt) < 1) return;
    this.#attempts = this.#attempts.filter((each) => each !== attempt);
    this.#giveBack(attempt.task);
  }

  /** Sees them through, one after the other. Gives how long each took, on the average. */
  async #conclude(worker: SweepWorker): Promise<number> {
    const count = this.#attempts.length || 1;
    let totalMs = 0;
    for (let [attempt] = this.#attempts; attempt; [attempt] = this.#attempts) {
      const end = await this.#run(attempt, worker);
      const others = this.#attempts.slice(1);
      totalMs += attempt.ranMs ?? Number.POSITIVE_INFINITY;
      if (!worker.isAlive || (end && !isOrderly(end))) {
        this.#attempts = [];
        await this.#post.end({ isHealthy: false }); // before another one has its folder
        await salvage([attempt, ...others], this.#place, this.#shift.events);
        await this.#concludeLast(attempt, end, others);
        break;
      }
      this.#attempts = others;
      if (end && attempt.scratch !== undefined) await salvage([attempt], this.#place, this.#shift.events);
      if (end) await this.#record(end, attempt);
      else this.#notBegun(attempt);
    }
    return totalMs / count;
  }

  async #run(attempt: Attempt, worker: SweepWorker): Promise<TaskEnd | undefined> {
    const { task, number } = attempt;
    const waitedMs = Math.round(performance.now() - this.#freeSince);
    this.#shift.began(task);
    this.#shift.events.emit('started', task, this.name, number);
    this.#place.supervision?.watch((reason) => attempt.cut({ why: 'memory', reason }));
    const ended = await attempt.run(worker);
    const peakMemoryMb = Math.max(ended?.peakMemoryMb ?? 0, this.#place.supervision?.unwatch() ?? 0);
    return ended && { ...ended, ...(peakMemoryMb > 0 && { peakMemoryMb }), ...(waitedMs > 0 && { waitedMs }) };
  }

  /** The worker is gone, and with it the other tasks that it had: one of them may be to blame. */
  async #concludeLast(attempt: Attempt, end: TaskEnd | undefined, others: readonly Attempt[]): Promise<void> {
    const isUnclear = others.length > 0 && (!end || end.class === 'lost' || end.class === 'oom');
    if (end && !isUnclear) await this.#record(end, attempt);
    else this.#notBegun(attempt, { isSuspect: true });
    for (const { task } of others) this.#giveBack(task, { isSuspect: true });
  }

  /** Contrary to what was told. */
  #notBegun({ task }: Attempt, options?: GiveBack): void {
    this.#shift.tally.takeBack();
    this.#giveBack(task, options);
  }

  #giveBack(task: Task, options?: GiveBack): void {
    this.#shift.ledger.release(task.point.id, { mayHaveRun: options?.isSuspect ?? false });
    this.#shift.queue.giveBack(task, { isNext: true, ...options });
  }

  async #record(ended: TaskEnd, { task, isFinal }: Attempt): Promise<void> {
    const { queue, ledger, retries, tally, events, stopRules } = this.#shift;
    const hasFailed = ended.status === 'failed' && !queue.isClosed;
    const isRetried = hasFailed && !isFinal && retries.allow(task.point.id, ended.class ?? 'error');
    const end: TaskEnd = hasFailed && !isRetried ? { ...ended, forGood: true } : ended;
    ledger.end(end);
    tally.end(end, { isRetried });
    this.#freeSince = performance.now();
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
}
