import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as othersFirst } from 'node:timers/promises';
import { descendantsOf, isThere, type ProcessRef, signalGroup } from '../../base/process-tree.js';
import { LEASE_VARIABLE, leasesIn, type Use } from './lease-record.js';

const AT_ONCE = 100;

export interface SeenProcess extends ProcessRef {
  readonly name: string;
  readonly group: number;
  readonly session: number;
  /** The leases that its environment names, where that can be read: of processes of the same user. */
  readonly leases: readonly string[];
}

/** All processes that are there now. Empty where the system has no /proc. */
export async function seenProcesses(): Promise<SeenProcess[]> {
  if (process.platform !== 'linux') return [];
  const seen: SeenProcess[] = [];
  for (const [place, name] of readdirSync('/proc').entries()) {
    if (place % AT_ONCE === 0) await othersFirst(); // each takes some 20 us, and there may be thousands
    const process = /^\d+$/.test(name) ? seenProcess(Number(name)) : undefined;
    if (process) seen.push(process);
  }
  return seen;
}

/**
 * Those of them that belong to this use: by the mark in their environment, or as members of a group or session that a worker
 * led. So a child is found, too, that has outlived all its parents.
 */
export function processesOf({ lease, leaders }: Use, seen: readonly SeenProcess[]): ProcessRef[] {
  if (process.platform !== 'linux') return leaders.flatMap(stillThere);
  const byPid = new Map(seen.map((each) => [each.pid, each]));
  const isTheSame = ({ pid, startedAt }: ProcessRef): boolean => (byPid.get(pid)?.startedAt ?? startedAt) === startedAt;
  const led = new Map(leaders.filter(isTheSame).map(({ pid, startedAt }) => [pid, Number(startedAt)]));
  const isLed = (id: number, startedAt: string): boolean => Number(startedAt) >= (led.get(id) ?? Infinity);
  return seen.filter(({ pid, group, session, startedAt, leases }) => {
    return leases.includes(lease) || [pid, group, session].some((id) => isLed(id, startedAt));
  });
}

function stillThere(leader: ProcessRef): ProcessRef[] {
  if (isThere(leader)) return [leader, ...descendantsOf(leader.pid)];
  return process.platform !== 'win32' && signalGroup(leader.pid, 0) ? [leader] : [];
}

/** `/proc/PID/stat` is "pid (name) state ppid group session …"; the name may hold blanks and parentheses. */
function seenProcess(pid: number): SeenProcess | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  if (nameEnd < 0 || fields[0] === 'Z') return undefined;
  const marks = textOf(`/proc/${pid}/environ`)
    .split('\0')
    .filter((each) => each.startsWith(`${LEASE_VARIABLE}=`));
  return {
    pid,
    startedAt: fields[19] ?? '',
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    group: Number(fields[2]),
    session: Number(fields[3]),
    leases: leasesIn(marks[0]?.slice(LEASE_VARIABLE.length + 1)),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // ended meanwhile, or another user's
  }
}
