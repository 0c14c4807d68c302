import type { GpuOptions } from '../../run/gpu-options.js';

/** What a list of resources means: a worker for each, with these GPUs. What names none hides them all, as it does for CUDA. */
export function runnerGpus(resources: readonly string[]): {
  readonly gpus: GpuOptions;
  readonly notes: readonly string[];
} {
  const notes: string[] = [];
  const gpus = resources.map((resource) => {
    const names = resource.split(',').map((name) => name.trim());
    const visible = names.slice(0, names.findIndex((name) => !/^(\d+|(GPU|MIG)-\S+)$/.test(name)) >>> 0);
    if (visible.length < names.length && resource.trim() !== '') {
      notes.push(
        `the resource "${resource}" has something that names no GPU; its worker sees ${visible.join(', ') || 'none'}`,
      );
    }
    return visible.join(',');
  });
  return { gpus: { gpus, missing: 'take' }, notes };
}
