export type GpuErrorCode =
  /** `nvidia-smi` is there, but the driver is not. */
  | 'ERR_GPU_DRIVER'
  /** The tool did not answer in time. */
  | 'ERR_GPU_TOOL_TIMEOUT'
  /** The tool failed. */
  | 'ERR_GPU_TOOL_FAILED'
  /** The tool said what nobody understands. */
  | 'ERR_GPU_TOOL_OUTPUT'
  /** The memory in use was asked about, and nothing here tells it. */
  | 'ERR_GPU_MEMORY_UNKNOWN'
  /** The files that keep sweeps apart cannot be used. */
  | 'ERR_GPU_LEASE'
  /** The leases of this sweep were closed. */
  | 'ERR_GPU_CLOSED';

/** What GPUs there are, or who holds them, cannot be found out. */
export class GpuError extends Error {
  override readonly name = 'GpuError';
  readonly code: GpuErrorCode;

  constructor(message: string, code: GpuErrorCode, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
