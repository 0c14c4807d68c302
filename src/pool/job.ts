import type { Outcome } from '../worker/outcome.js';

/** One input on its way through the pool. */
export class Job<In = unknown> {
  readonly index: number;
  readonly input: In;
  /** How often it was given to a worker. */
  attempt = 0;
  /** How often that ended in a way that counts against it. */
  failures = 0;
  /** A worker died while it had this input and others: which of them was it? Such inputs go on alone. */
  isSuspect = false;
  startedAt = 0;

  constructor(index: number, input: In) {
    this.index = index;
    this.input = input;
  }
}

/** Whose job it is, and what becomes of it. */
export interface JobOwner<In = unknown> {
  readonly timeoutMs: number | undefined;
  argsOf(job: Job<In>): readonly unknown[];
  /** `wasAlone`: no other call was at that worker. */
  settle(
    job: Job<In>,
    outcome: Outcome<unknown>,
    at: { readonly workerName: string; readonly wasAlone: boolean },
  ): void;
}
