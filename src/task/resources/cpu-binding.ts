import { execFile } from 'node:child_process';
import { allowedCpus, parseCpuList } from './cpus.js';
import { readText } from './read-text.js';

/**
 * Binds a process, with all its threads and all it starts from now on, to these CPUs. False where that cannot be had (no
 * Linux, no `taskset`, not allowed): then only `threadEnv` limits it.
 */
export function bindToCpus(pid: number, cpus: readonly number[]): Promise<boolean> {
  if (process.platform !== 'linux' || cpus.length === 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    execFile('taskset', ['-a', '-c', '-p', cpus.join(','), String(pid)], (error) => {
      resolve(error === null && isBound(pid, cpus)); // taskset does not complain of a process that is gone
    });
  });
}

function isBound(pid: number, cpus: readonly number[]): boolean {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1];
  return list !== undefined && parseCpuList(list).every((cpu) => cpus.includes(cpu));
}

/** The CPUs of the worker at `index`, `each` of them; workers share some when there are not enough. */
export function cpusOfWorker(index: number, each: number, all: readonly number[] = allowedCpus()): number[] {
  if (each >= all.length) return [...all];
  return Array.from({ length: each }, (_, i) => all[(index * each + i) % all.length] ?? 0).sort((a, b) => a - b);
}
