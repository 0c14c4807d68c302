import type { Plan } from '../plan/plan.js';
import type { Task } from '../point.js';

const LARGE_BYTES = 1_000_000;

/** What to tell somebody whose tasks have very large parameters: the first or the last of them, as a sample. */
export function noteOfLargeParams(plan: Plan): string | undefined {
  if (plan.size === 0) return undefined;
  const tasks = [plan.task(0), plan.task(plan.size - 1)];
  const large = tasks.find((task) => bytesOf(task) > LARGE_BYTES);
  if (!large) return undefined;
  const megabytes = (bytesOf(large) / 1e6).toFixed(1);
  return (
    `the parameters of ${large.folder} take ${megabytes} MB, which are sent and written down with each attempt: ` +
    'put what is large into a file, and give its path, or "load" it by a name'
  );
}

function bytesOf({ point }: Task): number {
  return Buffer.byteLength(JSON.stringify(point.params));
}
