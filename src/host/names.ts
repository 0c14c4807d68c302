import { writeFileSync } from 'node:fs';

const COMM_BYTES_MAX = 15; // what Linux keeps of a thread's name

/** Shows a worker's name in `ps`, `top -H` and debuggers. */
export function nameProcess(name: string): void {
  process.title = `pyworkers: ${name}`;
}

export function nameThread(name: string): void {
  if (process.platform !== 'linux') return; // elsewhere a thread's name can only be set natively
  try {
    writeFileSync('/proc/thread-self/comm', name.slice(0, COMM_BYTES_MAX));
  } catch {
    // no /proc in this container: the name is a convenience
  }
}
