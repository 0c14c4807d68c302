import type { Outcome } from './outcome.js';
import type { Run } from './run.js';
import type { RunEnd } from './run-end.js';

/** What a life is for: what it is given to do, and what its end means. */
export interface Errand<T> {
  begin(run: Run): void;
  conclude(run: Run, end: RunEnd): Outcome<T>;
}
