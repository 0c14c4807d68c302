import { Deferred } from '../base/deferred.js';
import type { TaskEnd } from '../task/record.js';
import type { Task } from './point.js';
import type { SweepResults } from './results/sweep-results.js';
import type { SweepEvents } from './run/sweep-events.js';

/** A task that is over for good. */
export interface EndedTask {
  readonly task: Task;
  readonly end: TaskEnd;
}

/** As much of a sweep as is needed for that. */
interface Runnable {
  on(event: 'ended', listener: SweepEvents['ended']): unknown;
  off(event: 'ended', listener: SweepEvents['ended']): unknown;
  run(): Promise<SweepResults>;
  stop(options: { readonly now: boolean }): void;
}

/** Runs a sweep, and gives its tasks as they end. Those that nobody has read yet wait: at most all of them. */
export async function* streamEnds(sweep: Runnable): AsyncGenerator<EndedTask, SweepResults> {
  const waiting: EndedTask[] = [];
  let news = new Deferred<void>();
  let isOver = false;
  const onEnded: SweepEvents['ended'] = (task, end) => {
    waiting.push({ task, end });
    news.resolve();
  };
  sweep.on('ended', onEnded);
  const results = sweep.run().finally(() => {
    isOver = true;
    news.resolve();
  });
  results.catch(() => {}); // it is awaited below, also when the loop is left
  try {
    for (;;) {
      yield* waiting.splice(0);
      if (waiting.length > 0) continue;
      if (isOver) return await results;
      await news.promise;
      news = new Deferred();
    }
  } finally {
    sweep.off('ended', onEnded);
    if (!isOver) sweep.stop({ now: true });
    await results;
  }
}
