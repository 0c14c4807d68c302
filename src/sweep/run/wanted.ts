import type { Plan } from '../plan/plan.js';
import type { Resolved } from './resolved.js';

/** Says of each task of a plan, by its index, whether a run is about it: of all, where no ids are given. */
export function wantedIn(plan: Plan, { ids }: Resolved): (index: number) => boolean {
  if (!ids) return () => true;
  const wanted = new Set(ids);
  return (index) => wanted.has(plan.id(index));
}
