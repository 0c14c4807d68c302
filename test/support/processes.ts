import { readdirSync, readFileSync } from 'node:fs';

/** Whether a process is there and no zombie. */
export function isRunning(pid: number): boolean {
  return statOf(pid) !== undefined;
}

/** Children of a process that are not zombies. */
export function childrenOf(parentPid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => Number(statOf(pid)?.[1]) === parentPid);
}

/** With what it was started, as far as it still says so. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** State, parent, group and so on, as in proc(5) from the third field on. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields;
  } catch {
    return undefined;
  }
}
