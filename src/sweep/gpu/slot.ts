import type { Gpu } from './gpu.js';

/** What one worker gets: no GPU, a part of one, or one or more as a whole. */
export interface GpuSlot {
  /** `0`, `0,1`; empty for a worker without GPUs. */
  readonly name: string;
  readonly parts: readonly GpuPart[];
  /** Memory that has to be free on each of them. */
  readonly minFreeMb?: number;
}

export interface GpuPart {
  readonly gpu: Gpu;
  /** How much of it: 1 is all. The parts that are held of a GPU at one time never add up to more. */
  readonly share: number;
}

/** For a worker that is to see no GPU. */
export const cpuSlot: GpuSlot = { name: '', parts: [] };

export function slotOf(parts: readonly GpuPart[], minFreeMb?: number): GpuSlot {
  const name = parts.map(({ gpu }) => gpu.id).join(',');
  return { name, parts, ...(minFreeMb === undefined ? {} : { minFreeMb }) };
}
