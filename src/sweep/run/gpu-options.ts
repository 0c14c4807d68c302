import type { GivenDevice } from '../gpu/given.js';
import type { SlotOptions } from '../gpu/slots.js';

/** Which GPUs the workers get, in full. */
export interface GpuOptions extends Pick<SlotOptions, 'gpus' | 'include' | 'avoid' | 'minFreeMb'> {
  /** These, instead of what `nvidia-smi` or `rocm-smi` finds. */
  readonly devices?: readonly GivenDevice[];
  /**
   * `'take'`: where no GPU is found at all, those of the list are taken to be there, so that a sweep for a machine with GPUs
   * runs on one without. Default `'refuse'`.
   */
  readonly missing?: 'refuse' | 'take';
  /** How they are named to a worker: by index as this process knows them (default), or by UUID. */
  readonly style?: 'token' | 'uuid';
  /** Waits until nobody else computes on them. */
  readonly idle?: boolean;
}

/** Whether GPUs have to be looked for. */
export function areFound(gpus: GpuOptions['gpus'] | GpuOptions | 'inherit'): boolean {
  return gpus !== undefined && gpus !== 0 && gpus !== 'inherit';
}
