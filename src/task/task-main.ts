import { context } from '../host/context.js';
import { Desk } from './desk.js';
import type { TaskOrder, TaskReport } from './order.js';
import { salvaged } from './task-folder.js';

const desks = new Map<string, Desk>();

/** The target of every worker of a sweep. Its answer is a promise only where the task's own function gives one. */
export function serveTask(order: TaskOrder): TaskReport | undefined | Promise<TaskReport | undefined> {
  const desk = deskOf(order.desk);
  switch (order.type) {
    case 'prepare':
      return desk.prepare(order);
    case 'load':
      return desk.load(order);
    case 'perform':
      return desk.perform(order, context());
    case 'salvage':
      return salvaged(order.scratch);
    case 'finish':
      desks.delete(order.desk);
      return desk.finish();
    default:
      order satisfies never;
      throw new TypeError('unknown order');
  }
}

function deskOf(name: string): Desk {
  const found = desks.get(name) ?? new Desk();
  desks.set(name, found);
  return found;
}
