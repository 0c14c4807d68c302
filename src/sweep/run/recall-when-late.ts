import { after } from '../../base/deadline.js';
import type { SweepWorker } from './sweep-worker.js';

const LATE_MS = 50;

/** Of tasks given together, those behind one that takes longer than expected are for others to do; so are all when it is over. */
export function recallWhenLate(worker: SweepWorker, over: AbortSignal): { cancel(): void } {
  const recall = (): void => worker.recall();
  const timer = after(LATE_MS, recall);
  over.addEventListener('abort', recall, { once: true });
  return {
    cancel: () => {
      timer.cancel();
      over.removeEventListener('abort', recall);
    },
  };
}
