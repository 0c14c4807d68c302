import { setTimeout as sleep } from 'node:timers/promises';
import { isThere } from '../../base/process-tree.js';
import type { Driver } from '../ledger/drivers.js';
import { isProcessThere } from '../ledger/owner.js';
import { Recorded } from './recorded.js';

/** What has become of one driver. */
export interface StoppedDriver {
  readonly driver: string;
  readonly pid: number;
  readonly host: string;
  /** `elsewhere`: it runs on another machine, and cannot be reached from here. `asked`: it was told, and not waited for until it ended. */
  readonly outcome: 'stopped' | 'asked' | 'elsewhere' | 'not-allowed';
}

export interface StopOptions {
  /** Ends running tasks, too. */
  readonly now: boolean;
  /** How long to wait until they are gone. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Those that were told, and are waited for. */
  onAsked?(drivers: readonly Driver[]): void;
}

const LOOK_MS = 50; // nobody tells when a process that is no child of ours has ended

/** Tells whoever runs a sweep to stop, and waits until they are gone. Those that are dead already are none. */
export async function stopDrivers(output: string, options: StopOptions): Promise<StoppedDriver[]> {
  const alive = new Recorded(output).peeked.drivers.filter((driver) => driver.isAlive);
  const asked = alive.map((driver) => ({ driver, outcome: ask(driver, options.now) }));
  const waited = asked.flatMap(({ driver, outcome }) => (outcome === 'asked' ? driver : []));
  if (waited.length > 0) options.onAsked?.(waited);
  await goneWithin(waited, options);
  return asked.map(({ driver, outcome }) => {
    const { driver: name, pid, host } = driver;
    const isGone = outcome === 'asked' && !isThere(driver);
    return { driver: name, pid, host, outcome: isGone ? 'stopped' : outcome };
  });
}

function ask(driver: Driver, now: boolean): 'asked' | 'elsewhere' | 'not-allowed' {
  if (isProcessThere(driver) !== true) return 'elsewhere';
  try {
    process.kill(driver.pid, now ? 'SIGTERM' : 'SIGINT');
    return 'asked';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'not-allowed' : 'asked'; // gone meanwhile
  }
}

async function goneWithin(drivers: readonly Driver[], { waitMs, signal }: StopOptions): Promise<void> {
  const dueAt = performance.now() + waitMs;
  while (drivers.some((driver) => isThere(driver)) && performance.now() < dueAt && !signal.aborted) {
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {}); // not waited for any more
  }
}
