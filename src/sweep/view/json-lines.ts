import type { TaskEnd } from '../../task/record.js';
import type { Task } from '../point.js';
import { lastErrorLine } from './failure-groups.js';
import { type Listened, listen } from './listen.js';
import type { PlainState } from './plain-lines.js';

export interface JsonLinesOptions {
  /** What the sweep is called, and where it writes. */
  readonly title: string;
  readonly output: string;
  now(): PlainState;
  write(line: string): void;
}

const EVERY_MS = 30_000;

/**
 * Tells each event as one JSON object on a line of its own. Each has `t`, milliseconds since 1970, and `event`:
 * - `begin`: `title`, `output`. `resumed`: `done`, `stopped`, `again`, `new`, where something is recorded already
 * - `worker`: `worker`. `waiting`: `worker`, `reason`
 * - `started`: `task`, `worker`, `attempt`. `progress`: `task`, `told`
 * - `ended`, `retried`: `task`, `status`, `class`, `error`, `worker`, `attempt`, `ms`, `result`
 * - `reopened`: `task`. `note`: `text`. `halted`: `reason`
 * - `counters`, every 30 s and when something has begun: `counters`, and `remainingMs` with `min` and `max`
 * - `end`: `counters`
 *
 * A `task` has `id`, `index`, `folder`, and with `started` its `params`. `error` is the last line of an error. More may be
 * added to all of them. Returns how to end it.
 */
export function tellInJson(sweep: Listened, { title, output, now, write }: JsonLinesOptions): () => void {
  const tell = (event: string, about: object): void => write(JSON.stringify({ t: Date.now(), event, ...about }));
  const tellCounters = (event: string): void => {
    const { counters, remaining } = now();
    tell(event, { counters, ...(remaining && { remainingMs: { min: remaining.minMs, max: remaining.maxMs } }) });
  };
  const timer = setInterval(() => tellCounters('counters'), EVERY_MS).unref();
  let hasBegun = false;
  tell('begin', { title, output });
  const undo = listen(sweep, {
    resumed: ({ done, stopped, again, fresh }) => tell('resumed', { done, stopped, again, new: fresh }),
    worker: (worker) => tell('worker', { worker }),
    waiting: (worker, reason) => tell('waiting', { worker, reason }),
    started: (task, worker, attempt) => {
      if (!hasBegun) tellCounters('counters');
      hasBegun = true;
      tell('started', { task: { ...named(task), params: task.point.params }, worker, attempt });
    },
    progress: (task, told) => tell('progress', { task: named(task), told }),
    ended: (task, end) => tell('ended', { task: named(task), ...toldOf(end) }),
    retried: (task, end) => tell('retried', { task: named(task), ...toldOf(end) }),
    reopened: (task) => tell('reopened', { task: named(task) }),
    note: (text) => tell('note', { text }),
    halted: (reason) => tell('halted', { reason }),
  });
  return () => {
    clearInterval(timer);
    undo();
    tellCounters('end');
  };
}

function named({ index, folder, point }: Task): object {
  return { id: point.id, index, folder };
}

function toldOf(end: TaskEnd): object {
  const { status, class: failure, error, worker, attempt, startedAt, endedAt, result } = end;
  const why = status === 'done' ? {} : { class: failure, error: error && lastErrorLine(end) };
  return { status, ...why, worker, attempt, ms: endedAt - startedAt, result };
}
