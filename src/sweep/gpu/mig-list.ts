import type { Gpu } from './gpu.js';

/** What a MIG instance has of its own; the rest is its GPU's. */
export type MigInstance = Pick<Gpu, 'id' | 'name' | 'uuid' | 'partOf' | 'totalMb' | 'token'>;

/** The instances that `nvidia-smi -L` lists under GPUs, by the UUID of the GPU. */
export function instancesByGpu(list: string): Map<string, MigInstance[]> {
  const found = new Map<string, MigInstance[]>();
  let gpu: { index: string; uuid: string } | undefined;
  for (const line of list.split('\n')) {
    const whole = /^GPU (\d+): .*\(UUID: (GPU-[^)]+)\)/.exec(line);
    if (whole) gpu = { index: whole[1] ?? '', uuid: whole[2] ?? '' };
    const part = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: (MIG-[^)]+)\)/.exec(line);
    if (!part || !gpu) continue;
    const [, profile = '', number = '', uuid = ''] = part;
    const instance = { id: `${gpu.index}:${number}`, name: `MIG ${profile}`, uuid, partOf: gpu.uuid, token: uuid };
    found.set(gpu.uuid, [...(found.get(gpu.uuid) ?? []), { ...instance, ...memoryOf(profile) }]);
  }
  return found;
}

/** `1g.10gb` has 10 GB; what is free of them nobody tells. */
function memoryOf(profile: string): { totalMb?: number } {
  const gb = /\.(\d+)gb/.exec(profile)?.[1];
  return gb === undefined ? {} : { totalMb: Number(gb) * 1024 };
}
