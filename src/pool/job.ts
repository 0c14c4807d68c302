import type { OpenCall } from '../worker/call-book.js';
import type { Outcome } from '../worker/outcome.js';

/** One input on its way through the pool, and the call that it is while a worker has it. */
export class Job<In = unknown> implements OpenCall {
  readonly index: number;
  readonly input: In;
  readonly owner: JobOwner<In>;
  /** How often its turn has come. */
  attempt = 0;
  /** How often that was told: of a turn that did not count, since the call was taken back in that moment, only once. */
  attemptsTold = 0;
  /** How often that ended in a way that counts against it. */
  failures = 0;
  /** A worker died while it had this input and others: which of them was it? Such inputs go on alone. */
  isSuspect = false;
  /** When it was given to a worker, and when its turn came there. */
  givenAt = 0;
  startedAt = 0;
  /** Its number among the calls of that worker. */
  callId = 0;
  #place: JobPlace | undefined;
  #hasTurn = false;

  constructor(index: number, input: In, owner: JobOwner<In>) {
    this.index = index;
    this.input = input;
    this.owner = owner;
  }

  giveTo(place: JobPlace, now: number): void {
    this.#place = place;
    this.#hasTurn = false;
    this.givenAt = now;
    this.startedAt = now;
  }

  onTurn(): void {
    if (this.#hasTurn) return;
    this.#hasTurn = true;
    this.attempt += 1;
    this.#place?.begun(this as Job);
  }

  settle(outcome: Outcome<unknown>, ranUs = 0): void {
    if (outcome.type === 'notRun' && this.#hasTurn) this.attempt -= 1; // it was taken back in that very moment
    this.#place?.ended(this as Job, outcome, ranUs);
  }
}

/** Where a job is while a worker has it. */
export interface JobPlace {
  begun(job: Job): void;
  ended(job: Job, outcome: Outcome<unknown>, ranUs: number): void;
}

/** What is known of the end of a job. */
export interface JobEnd {
  readonly worker: string;
  readonly endedAt: number;
  /** No other call was at that worker. */
  readonly wasAlone: boolean;
}

/** Whose job it is, and what becomes of it. */
export interface JobOwner<In = unknown> {
  readonly timeoutMs: number | undefined;
  /** It takes nothing more: what is not under way yet is not to begin. */
  readonly isStopped: boolean;
  argsOf(job: Job<In>): readonly unknown[];
  settle(job: Job<In>, outcome: Outcome<unknown>, end: JobEnd): void;
  /** It was not begun, and has to go elsewhere. */
  takeBack(job: Job<In>): void;
  /** It could not be given to a worker: its arguments cannot be sent. */
  refuse(job: Job<In>, error: unknown, end: JobEnd): void;
}
