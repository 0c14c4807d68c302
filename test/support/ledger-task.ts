import type { Task } from '#internal/sweep/point.js';
import type { TaskEnd } from '#internal/task/record.js';

export function ledgerTask(index: number): Task {
  const params = { lr: 0.0001, seed: index };
  const id = index.toString(16).padStart(24, '0');
  return {
    index,
    folder: `lr_1e-4/seed_${index}`,
    point: { id, title: '', params, choices: [], texts: { lr: '1e-4' } },
  };
}

export function ledgerEnd(id: string, attempt: number, status: TaskEnd['status'] = 'done'): TaskEnd {
  return {
    id,
    attempt,
    status,
    startedAt: 1_700_000_000_000,
    endedAt: 1_700_000_001_000,
    worker: 'w1',
    host: 'here',
    gpus: ['0'],
    result: { loss: 0.25, note: 'ends in }' },
  };
}
