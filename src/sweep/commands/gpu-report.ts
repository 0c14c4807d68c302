import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isThere } from '../../base/process-tree.js';
import { fileNameOf } from '../gpu/file-name.js';
import { type GpuProcess, keyOf } from '../gpu/gpu.js';
import { findGpus, usageOf } from '../gpu/inventory.js';
import { leaseDirectory, readShared } from '../gpu/lease-directory.js';
import { type LeaseRecord, readRecord } from '../gpu/lease-record.js';

/** A GPU, as far as the tools of its maker tell. */
export interface GpuReport {
  readonly id: string;
  readonly name: string;
  readonly vendor: 'nvidia' | 'amd';
  readonly uuid: string | null;
  readonly totalMb: number | null;
  readonly usedMb: number | null;
  /** In percent. */
  readonly utilization: number | null;
  readonly processes: readonly GpuProcess[];
  /** The sweep that holds it. */
  readonly heldBy: {
    readonly pid: number;
    readonly host: string;
    readonly sweep: string;
    readonly workers: readonly string[];
  } | null;
}

/** The GPUs that this process may use, what is in use of them, and which sweep has them. Takes none. */
export async function gpuReport(): Promise<GpuReport[]> {
  const gpus = await findGpus();
  const usages = await usageOf(gpus);
  return gpus.map((gpu) => {
    const { usedMb = null, utilization = null, processes = [] } = usages.get(keyOf(gpu)) ?? {};
    const { id, name, vendor, uuid = null, totalMb = null } = gpu;
    return { id, name, vendor, uuid, totalMb, usedMb, utilization, processes, heldBy: holderOf(keyOf(gpu)) };
  });
}

/** Who holds it by its own word. The lock is not tried: that alone could make another sweep wait. */
function holderOf(key: string): GpuReport['heldBy'] {
  const record = recordsOf(key).at(-1);
  if (!record || !isThere(record.holder)) return null;
  const workers = record.uses.filter(({ endedMs }) => endedMs === undefined).map(({ worker }) => worker);
  if (workers.length === 0) return null;
  return { pid: record.holder.pid, host: record.holder.host, sweep: record.name, workers };
}

/** By either way of locking; the last one counts. */
function recordsOf(key: string): LeaseRecord[] {
  const directory = leaseDirectory();
  const held = fileNameOf(key, 'held');
  const numbered = namesIn(directory)
    .filter((name) => name.startsWith(`${held}.`) && /^\d+$/.test(name.slice(held.length + 1)))
    .sort((a, b) => Number(a.slice(held.length + 1)) - Number(b.slice(held.length + 1)));
  return [fileNameOf(key, 'lock'), ...numbered].flatMap((name) => {
    const text = textOf(join(directory, name));
    return text.split('\n')[1] === 'free' ? [] : (readRecord(text) ?? []);
  });
}

function textOf(path: string): string {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      return readShared(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return ''; // nobody ever held it, or it has been given back just now
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // no sweep has used a GPU here
  }
}
