import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so, looking often; fails after `timeoutMs` with what was waited for. */
export async function eventually(isSo: () => unknown, timeoutMs = 5000): Promise<void> {
  const dueAt = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > dueAt) throw new Error(`not within ${timeoutMs} ms: ${isSo}`);
    await sleep(5);
  }
}
