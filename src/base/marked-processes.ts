import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessRef } from './process-tree.js';

const FEW = 64;

/**
 * Processes whose environment holds this mark, on Linux: children inherit it, wherever they go. `sincePid` began before
 * all of them. Right after a short command there is next to nothing to look at, for the system has hardly started
 * another process since.
 */
export function processesWith(mark: string, sincePid: number): ProcessRef[] {
  if (process.platform !== 'linux') return [];
  return pidsSince(sincePid).flatMap((pid) => (hasMark(pid, mark) ? (refOf(pid) ?? []) : []));
}

function pidsSince(first: number): number[] {
  const last = Number(read('/proc/loadavg')?.trim().split(' ').at(-1));
  if (last >= first && last - first <= FEW) return Array.from({ length: last - first }, (_, i) => first + 1 + i);
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return names.map(Number); // the later process may have the smaller number: they begin again at the top
}

function hasMark(pid: number, mark: string): boolean {
  return read(`/proc/${pid}/environ`)?.includes(mark) ?? false;
}

/** As in process-tree.ts: a zombie is gone, and the start time tells a process from a later one of that number. */
function refOf(pid: number): ProcessRef | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return !fields || fields[0] === 'Z' ? undefined : { pid, startedAt: fields[19] ?? '' };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined; // ended meanwhile, or somebody else's
  }
}
