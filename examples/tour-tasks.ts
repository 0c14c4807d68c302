import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { context } from 'pyworkers/context';

/** Something that takes a moment: how many primes there are below n. */
export function countPrimes(below: number): number {
  let count = 0;
  for (let n = 2; n < below; n++) if (isPrime(n)) count += 1;
  return count;
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

/** Works for ever, step by step, and tidies up when it is asked to stop. */
export async function politeJob(): Promise<void> {
  const worker = context<{ steps: number; isTidy: boolean }>();
  worker.state = { steps: 0, isTidy: false };
  try {
    for (;;) {
      worker.state.steps += 1;
      worker.progress(worker.state.steps);
      await sleep(20, undefined, { signal: worker.signal });
    }
  } finally {
    worker.state.isTidy = true;
  }
}

/** Blocks its thread and looks at nothing. */
export function busyJob(): void {
  context<string>().state = 'was counting';
  context().progress('begun');
  for (let i = 0; ; i++) if (i < 0) return;
}

/** Ignores what can be ignored, and has started a process that does the same. */
export function stubbornJob(): void {
  process.on('SIGTERM', () => {});
  process.on('SIGINT', () => {});
  const child = spawn('sh', ['-c', 'trap "" TERM INT; while :; do sleep 1; done'], { stdio: 'ignore', detached: true });
  context().progress(child.pid);
  for (;;) {
    try {
      for (;;) JSON.parse('{');
    } catch {
      // and on it goes
    }
  }
}
