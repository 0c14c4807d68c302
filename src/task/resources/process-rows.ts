import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { descendantsOf } from '../../base/process-tree.js';
import { readText } from './read-text.js';

const MS_PER_TICK = 10; // what Linux tells to programs counts in hundredths of a second on every machine

export interface ProcessRow {
  readonly pid: number;
  /** Tells it from a later process of that number; '' where the system does not say. */
  readonly startedAt: string;
  /** What is resident, in bytes; shared memory counts for each. */
  readonly resident: number;
  /** Processor time so far, with that of children that have ended; where the system tells. */
  readonly cpuMs?: number;
}

/**
 * A process and its descendants, with those of `seen` (number and start) that are still there, whoever their parent is
 * now, and their descendants. Costs as much as the tree is large, not the machine.
 */
export async function processTree(pid: number, seen: ReadonlyMap<number, string>): Promise<ProcessRow[]> {
  if (process.platform === 'win32') return [];
  if (process.platform !== 'linux') return treeOfPs(pid);
  const rows = new Map<number, ProcessRow>();
  const open = [pid, ...seen.keys()];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const row = rows.has(next) ? undefined : rowOf(next);
    if (!row || (seen.has(next) && seen.get(next) !== row.startedAt)) continue;
    rows.set(next, row);
    open.push(...childrenOf(next));
  }
  return [...rows.values()];
}

/** Its share of what it has resident, in bytes (PSS), or all of that where the share is not told. */
export async function proportionalOf({ pid, resident }: ProcessRow): Promise<number> {
  try {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1');
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
    return kilobytes === undefined ? resident : Number(kilobytes) * 1024;
  } catch {
    return resident; // ended meanwhile, not ours, or no such file
  }
}

function rowOf(pid: number): ProcessRow | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields || fields[0] === 'Z') return undefined;
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1];
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, startedAt: fields[19] ?? '', resident: Number(kilobytes ?? 0) * 1024, cpuMs: ticks * MS_PER_TICK };
}

/** By thread, for each thread has its own; a kernel without these lists has all processes looked through. */
function childrenOf(pid: number): number[] {
  const lists = threadsOf(pid).map((thread) => readText(`/proc/${pid}/task/${thread}/children`));
  if (lists.length > 0 && lists.every((list) => list === undefined)) return descendantsOf(pid).map((each) => each.pid);
  return lists.flatMap((list) => (list ?? '').split(' ').filter(Boolean).map(Number));
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // ended meanwhile
  }
}

async function treeOfPs(pid: number): Promise<ProcessRow[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=']).catch(() => ({ stdout: '' }));
  const all = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const pids = new Set([pid]);
  for (let before = 0; before !== pids.size; ) {
    before = pids.size;
    for (const [own = 0, parent = 0] of all) if (pids.has(parent)) pids.add(own);
  }
  return all
    .filter(([own = 0]) => pids.has(own))
    .map(([own = 0, , kilobytes = 0]) => ({ pid: own, startedAt: '', resident: kilobytes * 1024 }));
}
