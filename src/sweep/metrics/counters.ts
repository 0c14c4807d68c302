/** What a sweep has done so far, as monitoring wants to know it. */
export interface Counters {
  readonly total: number;
  /** At work now. */
  readonly active: number;
  /** With success. */
  readonly finished: number;
  /** Failed for good, for whatever reason. */
  readonly failures: number;
  /** Those of the failures in which the task has thrown. */
  readonly exceptions: number;
  /** Attempts beyond the first of a task. */
  readonly retried: number;
  /** Ended early, on purpose, by a rule. */
  readonly stopped: number;
  readonly cancelled?: number;
  /** How long tasks took. */
  readonly taskMs?: {
    readonly count: number;
    readonly total: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
  };
  readonly workers?: readonly WorkerGauge[];
}

export const workerStates = ['starting', 'waiting', 'loading', 'running', 'ending'] as const;

export interface WorkerGauge {
  readonly name: string;
  readonly host?: string;
  readonly gpus?: readonly string[];
  readonly state: (typeof workerStates)[number];
  /** Tasks that ended here. */
  readonly tasks: number;
  readonly memoryMb?: number;
}
