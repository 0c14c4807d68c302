import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process, told from a later one that got the same number. */
export interface ProcessRef {
  readonly pid: number;
  readonly startedAt: string;
}

interface ProcessRow extends ProcessRef {
  readonly parentPid: number;
  readonly groupId: number;
}

/**
 * All descendants of a process that can be found now. Once a process is dead its children belong to somebody else, so
 * this has to be asked before the first signal.
 */
export function descendantsOf(pid: number): ProcessRef[] {
  const rows = process.platform === 'linux' ? rowsOfProc() : process.platform === 'win32' ? [] : rowsOfPs();
  const found: ProcessRow[] = [];
  const parents = new Set([pid]);
  for (let before = -1; before !== found.length; ) {
    before = found.length;
    for (const row of rows) {
      if (!parents.has(row.parentPid) || parents.has(row.pid)) continue;
      parents.add(row.pid);
      found.push(row);
    }
  }
  return found;
}

/** Who is in the group that a process leads or has led. */
export function groupOf(leaderPid: number): ProcessRef[] {
  const rows = process.platform === 'linux' ? rowsOfProc() : process.platform === 'win32' ? [] : rowsOfPs();
  return rows.filter(({ groupId }) => groupId === leaderPid);
}

/** A process that runs now, as it can be told from later ones with its number; `undefined` when there is none. */
export function processOf(pid: number): ProcessRef | undefined {
  if (process.platform !== 'linux') return { pid, startedAt: '' };
  const row = rowOfProc(pid);
  return row && { pid, startedAt: row.startedAt };
}

/** Signals each of these that is still the process it was. Who is gone already is no error. */
export function signalEach(processes: readonly ProcessRef[], signal: NodeJS.Signals): void {
  for (const process of processes) if (isThere(process)) signalIfThere(process.pid, signal);
}

/** Whether it still runs; a number that another process has by now does not count. */
export function isThere({ pid, startedAt }: ProcessRef): boolean {
  return startedAt === '' ? signalIfThere(pid, 0) : rowOfProc(pid)?.startedAt === startedAt;
}

/** Signals the group that a process leads; false when nobody is left in it. */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals | 0): boolean {
  return signalIfThere(-leaderPid, signal);
}

function signalIfThere(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // there, but not ours
  }
}

function rowsOfProc(): ProcessRow[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (rowOfProc(Number(name)) ?? []) : []));
}

/** `/proc/PID/stat` is "pid (name) state ppid pgrp …"; the name may hold blanks and parentheses. */
function rowOfProc(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return { pid, parentPid: Number(fields[1]), groupId: Number(fields[2]), startedAt: fields[19] ?? '' };
  } catch {
    return undefined; // ended meanwhile
  }
}

function rowsOfPs(): ProcessRow[] {
  try {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { encoding: 'utf8' }).trim().split('\n');
    return lines.map((line) => {
      const [pid = 0, parentPid = 0, groupId = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parentPid, groupId, startedAt: '' };
    });
  } catch {
    return []; // no ps: the group has to do
  }
}
