import { OptionError } from '../../base/errors.js';

/** Which result is wanted: what `best()` goes by where it is given nothing. */
export interface Objective {
  readonly metric: string;
  /** Default `min`. */
  readonly goal?: 'min' | 'max';
}

export interface BestOptions {
  readonly goal: 'min' | 'max';
  /** How many of them. Default 1. */
  readonly count?: number;
}

/** What was asked for, in either way to ask: by a column, or by the objective. */
export interface BestWanted {
  readonly metric: string;
  readonly goal: unknown;
  readonly count: number;
}

export function bestWanted(
  given: string | Pick<BestOptions, 'count'>,
  { options, objective }: { readonly options: Partial<BestOptions>; readonly objective: Objective | undefined },
): BestWanted {
  if (typeof given === 'string') return { metric: given, goal: undefined, count: 1, ...options };
  if (objective) return { goal: 'min', count: 1, ...objective, ...given };
  throw new OptionError('best() takes the name of a column, where the sweep has no "objective".');
}
