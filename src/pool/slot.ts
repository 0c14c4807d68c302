import { Deferred } from '../base/deferred.js';
import { OptionError, UnsendableError, WorkerClosedError } from '../base/errors.js';
import type { CallOptions } from '../worker/options.js';
import type { Outcome } from '../worker/outcome.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';
import { isDeath } from './death.js';
import type { Job, JobEnd, JobOwner, JobPlace } from './job.js';
import { Load } from './load.js';
import { Meter, type WorkerStats } from './meter.js';
import { Moment } from './moment.js';
import { Tenancy } from './tenancy.js';

export interface SlotOptions {
  readonly prefetch: 'auto' | number;
  readonly batch: 'auto' | number;
  readonly maxCalls: number;
  readonly weight: number;
  /** Between two workers that did not come up; doubles with each further one. */
  readonly backoffMs: number;
  /** Makes the worker that fills it, and each one that replaces it. Without it, a worker that is gone is not replaced. */
  readonly make: (() => PersistentWorker) | undefined;
}

export interface SlotListener {
  /** There is room in it, or it is gone. */
  onChange(): void;
  onStarted(job: Job, worker: string): void;
  onProgress(value: unknown, job: Job | undefined, worker: string): void;
  /** Its worker has ended by itself; returns whether another one is to take its place. */
  onDied(worker: string, outcome: Outcome<unknown>): boolean;
}

/** A place in the pool. It survives the workers that fill it, one after the other. */
export class Slot implements JobPlace {
  readonly load: Load;
  readonly #options: SlotOptions;
  readonly #listener: SlotListener;
  readonly #tenancy: Tenancy;
  readonly #meter = new Meter();
  readonly #moment = new Moment();
  readonly #jobs = new Set<Job>();
  readonly #abandoned = new Map<Job, Deferred<void>>();
  #callsLeft: number;
  /** Its worker is to be replaced by a fresh one. */
  #isWornOut = false;
  /** It has a job that may kill it, and no other is to be there then. */
  #hasSuspect = false;
  /** Calls that were answered in one go, which is not over yet, and how long they took. */
  #answers = 0;
  #ranUs = 0;
  #isAfterDue = false;
  /** How many calls were at the worker when it died. */
  #atDeath: number | undefined;

  constructor(worker: PersistentWorker, options: SlotOptions, listener: SlotListener) {
    this.#options = options;
    this.#listener = listener;
    this.load = new Load(options);
    this.#callsLeft = options.make ? options.maxCalls : Number.POSITIVE_INFINITY;
    this.#tenancy = new Tenancy(worker, options, {
      onEntry: (fresh) => fresh.on('progress', this.#onProgress).on('outgrown', this.#onOutgrown),
      onVacant: () => this.#clear(),
      onExit: (old) => old.off('progress', this.#onProgress).off('outgrown', this.#onOutgrown),
      onDied: (outcome) => listener.onDied(this.worker.name, outcome),
      onChange: () => listener.onChange(),
    });
  }

  get worker(): PersistentWorker {
    return this.#tenancy.worker;
  }

  get state(): Tenancy['state'] {
    return this.#tenancy.state;
  }

  /** Whether it takes calls, if it has room. */
  get isOpen(): boolean {
    const isUp = this.state === 'up' && this.worker.state === 'running';
    return isUp && !this.#isWornOut && !this.#hasSuspect && this.#callsLeft > 0;
  }

  get hasRoom(): boolean {
    return this.isOpen && this.load.room > 0;
  }

  /** How long it has had nothing to do; nothing while it has, or is not up. */
  get idleForMs(): number | undefined {
    if (!this.isOpen || this.load.inFlight > 0) return undefined;
    const now = performance.now();
    return Math.min(this.load.idleForMs(now), now - this.#tenancy.upSince);
  }

  /** Gives the worker calls. Answers whether it takes any: it may have ended this very moment. */
  give(jobs: readonly Job[], owner: JobOwner): boolean {
    const options = owner.timeoutMs === undefined ? undefined : { timeoutMs: owner.timeoutMs };
    const { now } = this.#moment;
    const args = jobs.map((job) => owner.argsOf(job));
    for (const job of jobs) job.giveTo(this, now);
    let given = 0;
    try {
      const first = jobs.length > 1 && !owner.isStopped ? this.worker.submitAll(args, options, jobs) : undefined;
      for (; given < jobs.length && (first !== undefined || !owner.isStopped); given++) {
        const job = jobs[given] as Job;
        if (first === undefined) this.#giveOne(job, args[given] as readonly unknown[], options);
        else this.#note(job, first + given);
      }
    } catch (error) {
      if (!(error instanceof WorkerClosedError)) throw error;
      this.#isWornOut = true; // it was closed: its end will be told
    }
    for (const job of jobs.slice(given)) owner.takeBack(job);
    if (owner.isStopped) this.abandon(owner);
    return given > 0;
  }

  /** How many of `count` calls it takes in one go. */
  fit(count: number): number {
    const { batch } = this.#options;
    return Math.min(count, this.#callsLeft, batch === 'auto' ? count : batch);
  }

  /** Takes back what waits behind a call that takes long. */
  recall(): void {
    this.load.relieve();
    this.worker.recall();
  }

  /** Takes down what it has of this owner. */
  abandon(owner: JobOwner): void {
    for (const job of this.#jobs) {
      if (job.owner !== owner || this.#abandoned.has(job)) continue;
      const ended = new Deferred<void>();
      this.#abandoned.set(job, ended);
      void this.worker.abandon(job.callId, ended.promise);
    }
  }

  /** Takes nothing more; its worker is closed when it is through. Resolves when it is gone. */
  leave(): Promise<void> {
    return this.#tenancy.leave(() => this.#closeWhenThrough());
  }

  terminate(options: { graceMs?: number } = {}): Promise<void> {
    return this.#tenancy.terminate(options);
  }

  /** A fresh worker in its place. What the old one has is done again. */
  async renew(): Promise<void> {
    if (!this.#options.make) throw new OptionError(`Worker "${this.worker.name}" was attached: restart it yourself.`);
    await this.#tenancy.renew();
  }

  begun(job: Job): void {
    job.startedAt = this.#moment.now;
    if (job.attempt > job.attemptsTold) this.#listener.onStarted(job, this.worker.name);
    job.attemptsTold = job.attempt;
  }

  ended(job: Job, outcome: Outcome<unknown>, ranUs: number): void {
    if (!this.#jobs.delete(job)) return;
    this.#abandoned.get(job)?.resolve();
    this.#abandoned.delete(job);
    if (isDeath(outcome)) this.#atDeath ??= this.load.inFlight;
    this.load.inFlight -= 1;
    if (outcome.type === 'notRun') {
      this.#callsLeft += 1;
      job.owner.takeBack(job);
    } else {
      const end = { worker: this.worker.name, endedAt: this.#moment.now, wasAlone: this.#atDeath === 1 };
      this.#measure(job, outcome, ranUs, end);
      job.owner.settle(job, outcome, end);
    }
    if (this.#jobs.size === 0) this.#hasSuspect = false;
    if (this.#jobs.size === 0) this.#atDeath = undefined;
    if (!this.#isAfterDue) queueMicrotask(this.#afterAnswers);
    this.#isAfterDue = true;
  }

  get stats(): WorkerStats {
    const { name, kind, state } = this.worker;
    return { name, kind, state, inFlight: this.load.inFlight, ...this.#meter.stats, ...this.#tenancy.traffic };
  }

  #measure({ givenAt, startedAt }: Job, outcome: Outcome<unknown>, ranUs: number, { endedAt }: JobEnd): void {
    if (outcome.type === 'returned' || outcome.type === 'threw') {
      this.#answers += 1;
      this.#ranUs += ranUs;
    }
    this.#meter.add({
      waitedMs: startedAt - givenAt,
      ranUs,
      tookMs: endedAt - startedAt,
      hasFailed: outcome.type !== 'returned',
    });
  }

  #giveOne(job: Job, args: readonly unknown[], options: CallOptions | undefined): void {
    try {
      this.#note(job, this.worker.submit(args, options, job));
    } catch (error) {
      if (!(error instanceof UnsendableError)) throw error;
      job.owner.refuse(job, error, { worker: this.worker.name, endedAt: this.#moment.now, wasAlone: true });
    }
  }

  #note(job: Job, callId: number): void {
    job.callId = callId;
    this.#jobs.add(job);
    this.#hasSuspect ||= job.isSuspect;
    this.load.give(this.#moment.now);
    this.#callsLeft -= 1;
  }

  readonly #afterAnswers = (): void => {
    this.#isAfterDue = false;
    if (this.#answers > 0) this.load.answered(this.#answers, this.#ranUs / 1000, this.#moment.now);
    this.#answers = 0;
    this.#ranUs = 0;
    if (this.#isWornOut || this.#callsLeft === 0 || this.state === 'leaving') this.#closeWhenThrough();
    this.#listener.onChange();
  };

  #closeWhenThrough(): void {
    if (this.#jobs.size === 0) this.worker.close();
  }

  readonly #onProgress = (value: unknown): void => this.#listener.onProgress(value, this.#current, this.worker.name);

  readonly #onOutgrown = (): void => {
    if (!this.#options.make) return;
    this.#isWornOut = true;
    this.recall();
    this.#closeWhenThrough();
  };

  /** The job whose turn it is: the first, since they take turns. */
  get #current(): Job | undefined {
    return this.#jobs.values().next().value;
  }

  #clear(): void {
    this.load.forget();
    this.#callsLeft = this.#options.make ? this.#options.maxCalls : Number.POSITIVE_INFINITY;
    this.#isWornOut = false;
    this.#hasSuspect = false;
    this.#atDeath = undefined;
  }
}
