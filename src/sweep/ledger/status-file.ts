import type { TaskEnd } from '../../task/record.js';
import { parsed, textOf } from './whole-file.js';

/** The success that a task's folder tells of, where it tells of one. */
export function doneIn(path: string, id: string): TaskEnd | undefined {
  const record = parsed(textOf(`${path}/status.json`) ?? '');
  if (record?.id !== id || record.status !== 'done' || typeof record.attempt !== 'number') return undefined;
  const { driver: _, claim: __, ...end } = record;
  return end as unknown as TaskEnd; // as a ledger has written it
}
