import { gigabytes } from './gigabytes.js';
import type { GpuUsage } from './gpu.js';
import type { GpuDesk } from './gpu-desk.js';
import { GpuError } from './gpu-error.js';
import { processesOf, type SeenProcess } from './seen-processes.js';

export interface Needs {
  readonly minFreeMb: number | undefined;
  /** Nobody else computes on it, and it is used at most so much, in percent. */
  readonly idleBelow: number | undefined;
}

interface Looked {
  readonly usage: GpuUsage;
  readonly seen: readonly SeenProcess[];
  /** Why the usage is not known, where the tool has failed. */
  readonly failure?: string | undefined;
}

/** Why a worker that needs this should not be started on the GPU now, if so. Throws where that can never be known. */
export function whyNotFree(desk: GpuDesk, needs: Needs, looked: Looked): string | undefined {
  const { minFreeMb, idleBelow } = needs;
  if (minFreeMb === undefined && idleBelow === undefined) return undefined;
  if (looked.failure) return `GPU ${desk.gpu.id}: what is in use of it is not known, because ${looked.failure}`;
  const byMemory = minFreeMb === undefined ? undefined : whyTooFull(desk, minFreeMb, looked);
  return byMemory ?? (idleBelow === undefined ? undefined : whyNotIdle(desk, idleBelow, looked));
}

/** Memory that was granted counts as used until it is: who was let in a moment ago has not loaded anything yet. */
function whyTooFull(desk: GpuDesk, minFreeMb: number, { usage, seen }: Looked): string | undefined {
  const { id, totalMb } = desk.gpu;
  if (usage.usedMb === undefined || totalMb === undefined) throw unknown(id, '"minFreeMb"');
  const promisedMb = promisedOf(desk, usage, seen);
  const freeMb = totalMb - usage.usedMb;
  if (freeMb - promisedMb >= minFreeMb) return undefined;
  const names = desk.holdings.map(({ use }) => use.worker).join(', ');
  const promised = promisedMb > 0 ? `, ${gigabytes(promisedMb)} of them promised to ${names}` : '';
  return `GPU ${id} has ${gigabytes(freeMb)} of ${gigabytes(totalMb)} GB free${promised}, ${gigabytes(minFreeMb)} asked`;
}

/** What those who hold the GPU were granted and do not use yet. */
function promisedOf(desk: GpuDesk, usage: GpuUsage, seen: readonly SeenProcess[]): number {
  const { usedMb = 0, processes } = usage;
  const known = processes?.every(isCounted(seen)) ? processes : undefined;
  if (!known) {
    const granted = desk.holdings.reduce((sum, { askedMb }) => sum + askedMb, 0);
    return Math.max(0, granted - Math.max(0, usedMb - (desk.beforeMb ?? 0)));
  }
  return desk.holdings.reduce((sum, { use, askedMb }) => {
    const own = new Set(processesOf(use, seen).map(({ pid }) => pid));
    const ownMb = known.reduce((total, each) => total + (own.has(each.pid) ? (each.usedMb ?? 0) : 0), 0);
    return sum + Math.max(0, askedMb - ownMb);
  }, 0);
}

/** In a container the numbers may be those of the host, and tell nothing. */
function isCounted(seen: readonly SeenProcess[]): (process: { pid: number; usedMb?: number }) => boolean {
  const pids = new Set(seen.map(({ pid }) => pid));
  return ({ pid, usedMb }) => usedMb !== undefined && pids.has(pid);
}

function whyNotIdle(desk: GpuDesk, idleBelow: number, { usage, seen }: Looked): string | undefined {
  const { id } = desk.gpu;
  const { utilization, processes } = usage;
  if (utilization === undefined && processes === undefined) throw unknown(id, '"idle"');
  const own = new Set(desk.holdings.flatMap(({ use }) => processesOf(use, seen)).map(({ pid }) => pid));
  const foreign = processes?.find(({ pid }) => !own.has(pid));
  if (foreign) {
    const name = seen.find(({ pid }) => pid === foreign.pid)?.name;
    const memory = foreign.usedMb === undefined ? undefined : `${gigabytes(foreign.usedMb)} GB`;
    const details = [name, memory].filter((each) => each !== undefined).join(', ');
    return `GPU ${id} is used by pid ${foreign.pid}${details && ` (${details})`}`;
  }
  if (desk.holdings.length > 0 || utilization === undefined || utilization <= idleBelow) return undefined;
  return `GPU ${id} is at ${utilization} %, and counts as idle up to ${idleBelow} %`;
}

function unknown(id: string, option: string): GpuError {
  return new GpuError(
    `What is in use of GPU ${id} cannot be known here, so ${option} cannot be kept. Leave it out.`,
    'ERR_GPU_MEMORY_UNKNOWN',
  );
}
