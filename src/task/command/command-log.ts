import { openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface CommandLog {
  /** In the task's folder. */
  readonly name: string;
  readonly path: string;
  /** Whoever opens it closes it. */
  readonly descriptor: number;
}

/** A new file `log.<command>.<time>`. One that is there is never written to: each attempt has its own. */
export function openLog(folder: string, command: string, now = new Date()): CommandLog {
  const first = `log.${command}.${timeStamp(now)}`;
  for (let copy = 1; ; copy++) {
    const name = copy === 1 ? first : `${first}-${String(copy).padStart(3, '0')}`;
    const path = join(folder, name);
    try {
      return { name, path, descriptor: openSync(path, 'ax') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Names of the logs of a command in a task's folder, the oldest first. */
export function logsOf(folder: string, command: string): string[] {
  const start = `log.${command}.`;
  const isTime = /^\d{8}T\d{6}\.\d{3}Z(-\d+)?$/;
  return readdirSync(folder)
    .filter((name) => name.startsWith(start) && isTime.test(name.slice(start.length)))
    .sort();
}

/** `20260131T235959.123Z`: in order by name, in no time zone but UTC, and a file's name on every system. */
export function timeStamp(time: Date): string {
  return time.toISOString().replaceAll(/[-:]/g, '');
}
