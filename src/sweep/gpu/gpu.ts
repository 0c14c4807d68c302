/** A GPU, or a MIG instance of one, that this process may use. */
export interface Gpu {
  /** How it is spoken of: its index (`0`), or index and number for a MIG instance (`0:1`). */
  readonly id: string;
  /** In PCI bus order, as `nvidia-smi` counts. A MIG instance has that of its GPU. */
  readonly index: number;
  readonly vendor: 'nvidia' | 'amd';
  readonly name: string;
  readonly uuid?: string;
  /** Of a MIG instance: the GPU it is a part of. */
  readonly partOf?: string;
  readonly totalMb?: number;
  readonly busId?: string;
  /** What stands for it in a list of visible devices, in the style of the list that this process was given. */
  readonly token: string;
}

/** What is known of a GPU at one moment. What the tool does not tell is not there. */
export interface GpuUsage {
  readonly usedMb?: number;
  /** In percent. */
  readonly utilization?: number;
  /** Who computes on it. */
  readonly processes?: readonly GpuProcess[];
}

export interface GpuProcess {
  readonly pid: number;
  readonly usedMb?: number;
}

/** The one name of a GPU for all sweeps of a machine. */
export function keyOf({ uuid, vendor, id }: Gpu): string {
  return uuid ?? `${vendor}-${id}`;
}

/** `GPU 0 (NVIDIA A100), GPU 1 (NVIDIA A100)`, or that there is none. */
export function listed(gpus: readonly Gpu[]): string {
  return gpus.length === 0 ? 'no GPU' : gpus.map(({ id, name }) => `GPU ${id}${name ? ` (${name})` : ''}`).join(', ');
}
