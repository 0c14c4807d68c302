import { availableParallelism, cpus } from 'node:os';
import { cgroupFolders } from './cgroup.js';
import { readText } from './read-text.js';

/** How many CPUs this process may use: those it is bound to, and no more than its cgroup's share of time is worth. */
export function cpuCount(root = ''): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(quotaOf(root))));
}

/** The numbers of the CPUs this process is bound to. */
export function allowedCpus(root = ''): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText(`${root}/proc/self/status`) ?? '')?.[1];
  return list === undefined ? cpus().map((_, i) => i) : parseCpuList(list);
}

/** `0-2,5` */
export function parseCpuList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** In CPUs: the smallest of the cgroup's own and those above it. */
function quotaOf(root: string): number {
  const quotas = cgroupFolders('cpu', root).map(({ path, version }) => {
    const [quota, period] =
      version === 2
        ? (readText(`${path}/cpu.max`) ?? 'max').split(' ')
        : [readText(`${path}/cpu.cfs_quota_us`), readText(`${path}/cpu.cfs_period_us`)];
    const share = Number(quota) / Number(period);
    return share > 0 ? share : Number.POSITIVE_INFINITY; // "max" is no number, and -1 is no limit
  });
  return Math.min(Number.POSITIVE_INFINITY, ...quotas);
}
