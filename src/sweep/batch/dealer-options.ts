import { type Check, checkOptions, isArray, isBoolean, isCount, isFunction } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';

const LEVELS_MAX = 30; // a bit each

const isWhole: Check = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : 'a whole number from 0';

/** The tasks of a sweep, as far as their order is concerned. */
export interface DealerOptions {
  /** Tasks are numbered from 0 to `size` - 1, in declared order. */
  readonly size: number;
  /** The values of a task, the slowest first, as numbers: equal numbers at one level are the same value. */
  readonly path: (index: number) => readonly number[];
  /** How many levels of a path count. */
  readonly depth: number;
  /** For each level whether it loads something. */
  readonly loads: readonly boolean[];
  /** How many workers there will be, as far as one knows: 1. */
  readonly workers?: number;
  /** Tasks that need not be done any more. Asked once for each. */
  readonly done?: (index: number) => boolean;
  /** Whether a worker that runs dry takes over what others have before them, where that pays: true. */
  readonly takeOver?: boolean;
}

/** The levels that load something, the slowest first. Refuses what makes no sense. */
export function checkedLevels(options: DealerOptions): number[] {
  checkOptions(options, {
    size: isWhole,
    path: isFunction,
    depth: isWhole,
    loads: isArray,
    workers: isCount,
    done: isFunction,
    takeOver: isBoolean,
  });
  const { depth, loads } = options;
  if (loads.length < depth) {
    throw new OptionError(
      `There are ${depth} levels, but "loads" says of ${loads.length} whether they load something.`,
    );
  }
  const levels = loads.flatMap((load, level) => (load && level < depth ? [level] : []));
  if (levels.length <= LEVELS_MAX) return levels;
  throw new OptionError(`At most ${LEVELS_MAX} levels can load something, not ${levels.length}.`);
}
