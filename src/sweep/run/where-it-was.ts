import type { Records } from '../ledger/records.js';
import type { Task } from '../point.js';

/** A task that has ended before stays in the folder it had then, with what it left there, also where that would be called otherwise now. */
export function whereItWas(task: Task, records: Records): Task {
  const { id } = task.point;
  const folder = records.statusOf(id) && records.lastStart(id)?.folder;
  return folder === undefined || folder === task.folder ? task : { ...task, folder };
}
