import type { Params } from '../../task/value.js';
import type { Task } from '../point.js';
import { planOf } from './plan-of.js';
import type { Resolved } from './resolved.js';

/**
 * Makes tasks of points that come one by one. Their folders are flat: of points with different parameters one could
 * otherwise lie in the folder of another.
 */
export function pointTask({ title, computed, defaults, aliases }: Resolved): (params: Params, index: number) => Task {
  return (params, index) => ({
    ...planOf({ title, computed, defaults, aliases, points: [params], folders: 'flat' }).task(0),
    index,
  });
}
