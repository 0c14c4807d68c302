import type { Counters as MonitoredCounters, WorkerGauge } from '../metrics/counters.js';
import type { TaskTimes } from '../metrics/task-times.js';
import type { Counters } from './tally.js';
import type { WorkerStatus } from './worker-status.js';

/** In the words of monitoring, which counts successes of earlier runs too. */
export function toldCounters({ done, skipped, ...others }: Counters): MonitoredCounters {
  return { ...others, finished: done + skipped };
}

/** What workers do at this moment, and how long tasks took. */
export function toldOf(
  workers: readonly WorkerStatus[],
  times: TaskTimes,
): Pick<MonitoredCounters, 'taskMs' | 'workers'> {
  return { taskMs: times.taskMs, workers: workers.map((worker) => gaugeOf(worker, times)) };
}

function gaugeOf({ name, host, gpus, state, memoryMb }: WorkerStatus, times: TaskTimes): WorkerGauge {
  return { name, host, gpus, state, tasks: times.tasksOf(name), ...(memoryMb !== undefined && { memoryMb }) };
}
