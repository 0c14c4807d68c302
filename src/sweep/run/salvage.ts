import { after } from '../../base/deadline.js';
import type { Events } from '../../base/events.js';
import { errorRecord } from '../../task/error-record.js';
import type { TaskReport } from '../../task/order.js';
import type { serveTask } from '../../task/task-main.js';
import { PersistentWorker } from '../../worker/persistent-worker.js';
import type { Task } from '../point.js';
import type { Place } from './place.js';
import type { SweepEvents } from './sweep-events.js';
import { taskMain } from './sweep-worker.js';

const LIMIT_MS = 10_000;

/** An attempt on another machine. */
export interface Leaver {
  readonly task: Task;
  /** Its scratch folder there, as long as nothing has come of what is in it. */
  readonly scratch: string | undefined;
  unpack(left: Pick<TaskReport, 'files'>): Promise<void>;
}

/**
 * Fetches what attempts that came to no report have left on their machine, and removes it there. A worker of its own does that:
 * theirs is dead, or not to be trusted. Nothing of them may run by then. Never rejects: a note says what did not come.
 */
export async function salvage(leavers: readonly Leaver[], place: Place, events: Events<SweepEvents>): Promise<void> {
  const left = leavers.filter(({ scratch }) => scratch !== undefined);
  if (left.length === 0) return;
  const about = `what ${left.map(({ task }) => task.folder).join(', ')} left on ${place.host}`;
  const { kind, name, options } = place;
  const worker = new PersistentWorker<typeof serveTask>(kind, taskMain, { ...options, name });
  const limit = after(LIMIT_MS, () => void worker.terminate({ graceMs: 0 }));
  const behind: string[] = [];
  try {
    await worker.ready;
    for (const leaver of left) {
      const { scratch = '' } = leaver;
      const report = (await worker.call({ type: 'salvage', desk: name, scratch })) ?? {};
      await leaver.unpack(report);
      behind.push(...(report.leftBehind ?? []));
    }
    if (behind.length > 0) events.emit('note', `${about} was too much: ${behind.join(', ')}`);
  } catch (error) {
    events.emit('note', `${about} cannot be fetched: ${errorRecord(error).message}`);
  } finally {
    limit.cancel();
    await worker.terminate({ graceMs: 0 });
  }
}
