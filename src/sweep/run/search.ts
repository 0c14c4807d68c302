import type { TaskEnd } from '../../task/record.js';
import type { Params } from '../../task/value.js';

/** What came of one point of a search. */
export interface Trial {
  readonly params: Params;
  readonly end: TaskEnd;
}

/** Asked for points one by one, and told what came of each: for searches that learn. */
export interface Search {
  /**
   * The next point, by what has ended so far; `undefined` when there is none now (asked again after the next report),
   * and the search is over when none is running either.
   */
  next(history: readonly Trial[]): Params | undefined | Promise<Params | undefined>;
  report?(params: Params, end: TaskEnd): void | Promise<void>;
}
