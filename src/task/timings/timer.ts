import type { Timings } from './timings.js';

/** `process.threadCpuUsage` is there from Node 22.19 and 23.9 on, and unknown to the types of Node 20. */
type CpuUsage = () => { user: number; system: number };
const cpuUsage: CpuUsage =
  (process as { threadCpuUsage?: CpuUsage }).threadCpuUsage?.bind(process) ?? process.cpuUsage.bind(process);

/** A time that is being measured. Ending it twice is fine. */
export interface Timing extends Disposable {
  end(): void;
}

/**
 * Measures from here until it is disposed of: `using _ = timer('read', timings)`. Recorded are `NAME_wallclock`, and
 * `NAME_iowait`: the part of it in which this thread did not compute. On older Node the processor's time of the whole
 * process counts, so that next to busy threads the wait comes out too short, never below 0.
 */
export function timer(name: string, timings: Timings): Timing {
  const startedAt = performance.now();
  const cpuAtStart = cpuMs();
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    const wallMs = performance.now() - startedAt;
    timings.record(`${name}_wallclock`, wallMs);
    timings.record(`${name}_iowait`, Math.max(0, wallMs - (cpuMs() - cpuAtStart)));
  };
  return { end, [Symbol.dispose]: end };
}

function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}
