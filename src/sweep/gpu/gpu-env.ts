import { OptionError } from '../../base/errors.js';
import type { Gpu } from './gpu.js';
import { amdVariable } from './mask.js';
import type { GpuSlot } from './slot.js';

export interface GpuEnvOptions {
  /** `token`, the default: in the style of the list that this process was given, so by index where it was given none. */
  readonly style?: 'token' | 'uuid' | undefined;
  /** Of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** What a worker's environment needs, so that it sees the GPUs of its slot and no other; `undefined` is to be taken out. */
export function gpuEnv(slot: GpuSlot, options: GpuEnvOptions = {}): Record<string, string | undefined> {
  const { style = 'token', env = process.env } = options;
  const gpus = slot.parts.map(({ gpu }) => gpu);
  const tokens = gpus.map((gpu) => (style === 'uuid' ? uuidOf(gpu) : gpu.token)).join(',');
  const common = { PYW_WORKER_GPUS: slot.name, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };
  const vendors = new Set(gpus.map(({ vendor }) => vendor));
  if (vendors.size > 1)
    throw new OptionError(`One worker gets GPUs of two makers (${slot.name}): no process can use both.`);
  if (vendors.size === 0) {
    return { ...common, CUDA_VISIBLE_DEVICES: '', ROCR_VISIBLE_DEVICES: '', HIP_VISIBLE_DEVICES: '' };
  }
  if (vendors.has('nvidia')) return { ...common, CUDA_VISIBLE_DEVICES: tokens };
  // HIP would read CUDA's list too. Both lists of AMD's would be counted one within the other, so only one is set anew.
  if (style === 'uuid') {
    return { ...common, CUDA_VISIBLE_DEVICES: undefined, HIP_VISIBLE_DEVICES: undefined, ROCR_VISIBLE_DEVICES: tokens };
  }
  return { ...common, CUDA_VISIBLE_DEVICES: undefined, [amdVariable(env)]: tokens };
}

function uuidOf({ id, uuid }: Gpu): string {
  if (uuid !== undefined) return uuid;
  throw new OptionError(`GPU ${id} has no UUID that is known here. Name it by its token, which is the default.`);
}
