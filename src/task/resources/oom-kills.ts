import { cgroupFolders } from './cgroup.js';
import { readText } from './read-text.js';

/**
 * How many processes the kernel has ended for want of memory: in this cgroup, and on this machine. A command that dies
 * of SIGKILL while this rises was one of them. 0 where it cannot be known.
 */
export function oomKills(root = ''): number {
  const ofGroups = cgroupFolders('memory', root).map(({ path }) => {
    const text = readText(`${path}/memory.events`) ?? readText(`${path}/memory.oom_control`);
    return countIn(text);
  });
  return Math.max(0, ...ofGroups) + countIn(readText(`${root}/proc/vmstat`));
}

/** As it was within the last second: for those who begin many short things. */
export function recentOomKills(): number {
  const now = performance.now();
  if (now - readAt > FRESH_MS) {
    known = oomKills();
    readAt = now;
  }
  return known;
}

const FRESH_MS = 1000;
let known = 0;
let readAt = Number.NEGATIVE_INFINITY;

function countIn(text: string | undefined): number {
  return Number(/^oom_kill (\d+)$/m.exec(text ?? '')?.[1] ?? 0);
}
