import { freemem } from 'node:os';
import { cgroupFolders } from './cgroup.js';
import { readText } from './read-text.js';

const MEGABYTE = 2 ** 20;

/**
 * Megabytes that can still be taken: of the machine, and within the limits of this process's cgroups. What is only
 * cached from files counts as free.
 */
export function freeMemoryMb(root = ''): number {
  const kilobytes = numberOf(/^MemAvailable:\s*(\d+) kB$/m, readText(`${root}/proc/meminfo`));
  const ofMachine = kilobytes === undefined ? machineWithoutProc() : kilobytes * 1024;
  const ofGroups = cgroupFolders('memory', root).map(({ path, version }) => {
    const [limit, used, stat] =
      version === 2
        ? ['memory.max', 'memory.current', 'inactive_file']
        : ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'];
    const max = numberOf(/^(\d+)$/m, readText(`${path}/${limit}`));
    const now = numberOf(/^(\d+)$/m, readText(`${path}/${used}`)) ?? 0;
    const cached = numberOf(new RegExp(`^${stat} (\\d+)$`, 'm'), readText(`${path}/memory.stat`)) ?? 0;
    return max === undefined ? Number.POSITIVE_INFINITY : Math.max(0, max - Math.max(0, now - cached));
  });
  return Math.floor(Math.min(ofMachine, ...ofGroups) / MEGABYTE);
}

/** macOS counts as free only what nobody has ever used; Node knows better from 20.13 on. */
function machineWithoutProc(): number {
  return process.availableMemory?.() ?? freemem();
}

function numberOf(pattern: RegExp, text: string | undefined): number | undefined {
  const found = pattern.exec(text ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}
