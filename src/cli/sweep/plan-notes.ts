import type { Sweep } from '../../sweep/sweep.js';

/** What one may not have meant by a plan, before it is run. */
export function planNotes({ plan, orphans, spec }: Sweep): string[] {
  const cuts =
    plan?.cuts.filter(({ points }) => points > 0).map(({ rule, points }) => `${points} cut by ${rule}`) ?? [];
  const why = spec.shard === undefined ? ['there is no task', ...cuts].join('; ') : 'this part has no task';
  const empty = plan?.size === 0 ? [why] : [];
  return [...empty, ...orphanLines(orphans)];
}

/** What there is to say of parameters that no command uses; nothing where there are none. */
export function orphanLines(orphans: readonly string[]): string[] {
  if (orphans.length === 0) return [];
  return [`no command uses ${orphans.join(', ')}: that names tasks, and changes nothing else`];
}
