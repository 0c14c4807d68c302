import { readdirSync, readFileSync } from 'node:fs';
import { signalGroup } from '../../base/process-tree.js';

/**
 * Whether anybody in the group still runs. Zombies do not: where the first process of a container buries no orphans
 * they stay for ever, and a signal reaches them.
 */
export function isGroupAlive(leaderPid: number): boolean {
  if (!signalGroup(leaderPid, 0)) return false;
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && runsIn(name, leaderPid));
}

function runsIn(pid: string, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state !== 'Z' && Number(itsGroup) === group;
  } catch {
    return false; // ended meanwhile
  }
}
