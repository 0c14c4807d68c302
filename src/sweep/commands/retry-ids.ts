import { OptionError } from '../../base/errors.js';
import type { FailureClass } from '../../task/record.js';
import type { Recorded } from './recorded.js';

export interface RetryWanted {
  /** All that are not done, instead of those that have failed. */
  readonly isAll: boolean;
  /** Only failures of these classes; of all, where there is none. */
  readonly classes: readonly string[];
}

const known: readonly FailureClass[] = ['error', 'exit', 'timeout', 'oom', 'cuda-oom', 'lost', 'load', 'verify'];

/** Which of these tasks are to be tried again, by their ids. */
export function retryIds({ records }: Recorded, ids: Iterable<string>, { isAll, classes }: RetryWanted): string[] {
  const unknown = classes.find((name) => !known.some((each) => each === name));
  if (unknown !== undefined)
    throw new OptionError(`There is no class of failure "${unknown}". There are ${known.join(', ')}.`);
  const isWanted = (id: string): boolean => {
    const status = records.statusOf(id);
    if (status === 'done' || status === 'stopped') return false; // what a rule has stopped would be stopped again
    if (classes.length > 0) return status === 'failed' && classes.includes(records.lastEnd(id)?.class ?? 'error');
    return isAll || status === 'failed';
  };
  return [...ids].filter(isWanted);
}
