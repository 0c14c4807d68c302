import { type GivenDevice, givenGpus } from './given.js';
import { type Gpu, type GpuUsage, keyOf } from './gpu.js';
import { visibleOf } from './mask.js';
import { nvidiaGpus, nvidiaUsage } from './nvidia.js';
import { rocmGpus, rocmUsage } from './rocm.js';
import type { ToolOptions } from './run-tool.js';

export interface FindOptions extends ToolOptions {
  /** These, instead of what a tool finds; what a tool knows of them is added. */
  readonly devices?: readonly GivenDevice[] | undefined;
}

/**
 * The GPUs of this machine that this process may use, by `nvidia-smi`, else by `rocm-smi`: those that the environment hides
 * are not among them. None where there is no such tool. Rejects with a `GpuError` when a tool is there but fails, so that a
 * broken driver is not taken for a machine without GPUs.
 */
export async function findGpus(options: FindOptions = {}): Promise<Gpu[]> {
  const { devices, env = process.env } = options;
  const found = devices ? givenGpus(devices, await discovered(options).catch(() => [])) : await discovered(options);
  options.signal?.throwIfAborted();
  return visibleOf(found, env);
}

/**
 * What is in use of each of these now, by the key of the GPU. What cannot be known, such as the memory in use of a MIG
 * instance, is not there.
 */
export async function usageOf(gpus: readonly Gpu[], options: ToolOptions = {}): Promise<Map<string, GpuUsage>> {
  const vendors = new Set(gpus.map(({ vendor }) => vendor));
  const [nvidia, amd] = await Promise.all([
    vendors.has('nvidia') ? nvidiaUsage(options) : undefined,
    vendors.has('amd') ? rocmUsage(options) : undefined,
  ]);
  return new Map(
    gpus.map((gpu) => {
      const usages = gpu.vendor === 'nvidia' ? nvidia : amd;
      return [keyOf(gpu), usages?.get(gpu.uuid ?? gpu.id) ?? {}];
    }),
  );
}

async function discovered(options: ToolOptions): Promise<Gpu[]> {
  const [nvidia, amd] = await Promise.allSettled([nvidiaGpus(options), rocmGpus(options)]);
  const all = [nvidia, amd].flatMap((answer) => (answer.status === 'fulfilled' ? (answer.value ?? []) : []));
  if (all.length > 0) return all;
  for (const answer of [nvidia, amd]) if (answer.status === 'rejected') throw answer.reason;
  return [];
}
