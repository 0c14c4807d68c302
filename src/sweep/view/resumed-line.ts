import type { Resumed } from '../run/sweep-events.js';

/** What there is of earlier runs: `312 done before, 4 to be run again, 84 new`. */
export function resumedLine({ done, stopped, again, fresh }: Resumed): string {
  const parts = { 'done before': done, 'stopped early': stopped, 'to be run again': again, new: fresh };
  return Object.entries(parts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}
