/** What one worker of a sweep does at this moment, and what it takes for that. */
export interface WorkerStatus {
  readonly name: string;
  readonly host: string;
  /** As `CUDA_VISIBLE_DEVICES` names them. */
  readonly gpus: readonly string[];
  readonly state: WorkerState;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  /** Of its task, while there is one. */
  readonly folder: string | undefined;
  readonly attempt?: number;
  /** The variable whose value it loads. */
  readonly loading?: string;
  /** Why it waits. */
  readonly reason?: string;
  /** It leaves when its task has ended. */
  readonly isLeaving: boolean;
  /** Of all its processes, in percent of one CPU. Known of processes on this machine. */
  readonly cpuPercent?: number;
  readonly memoryMb?: number;
  /** Of its GPUs as a whole, whoever uses them. Known on this machine. */
  readonly gpuUse?: GpuUse;
}

export type WorkerState = 'starting' | 'waiting' | 'loading' | 'running' | 'ending';

/** Of all GPUs of a worker together. */
export interface GpuUse {
  readonly usedMb?: number;
  readonly totalMb?: number;
  /** In percent, on the average. */
  readonly utilization?: number;
}
