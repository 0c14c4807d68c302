import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

const LONGEST_US = 2 ** 40; // 12 days: longer counts as that

/** Of many durations, in milliseconds. Half of them are at most `p50`. */
export interface Percentiles {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What one worker of a pool has done. */
export interface WorkerStats {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  /** Calls that ended here, and how many of them with an error. */
  readonly calls: number;
  readonly failed: number;
  readonly callsPerSecond: number;
  /** How many calls it has now: the one it is at, and those that wait. */
  readonly inFlight: number;
  /** The part of its time that it spent in the target, from 0 to 1. */
  readonly utilisation: number;
  /** From being given to the worker to its turn there. */
  readonly waitMs: Percentiles;
  /** In the target. */
  readonly runMs: Percentiles;
  /** The rest of the way: there, back, and until this process looked. */
  readonly transferMs: Percentiles;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Measures the calls of one worker. */
export class Meter {
  #calls = 0;
  #failed = 0;
  readonly #since = performance.now();
  readonly #wait = durations();
  readonly #run = durations();
  readonly #transfer = durations();
  #ranUs = 0;

  get calls(): number {
    return this.#calls;
  }

  add(call: { waitedMs: number; ranUs: number; tookMs: number; hasFailed: boolean }): void {
    this.#calls += 1;
    if (call.hasFailed) this.#failed += 1;
    this.#ranUs += call.ranUs;
    record(this.#wait, 1000 * call.waitedMs);
    record(this.#run, call.ranUs);
    record(this.#transfer, 1000 * call.tookMs - call.ranUs);
  }

  get stats(): Pick<
    WorkerStats,
    'calls' | 'failed' | 'callsPerSecond' | 'utilisation' | 'waitMs' | 'runMs' | 'transferMs'
  > {
    const upMs = Math.max(1, performance.now() - this.#since);
    return {
      calls: this.#calls,
      failed: this.#failed,
      callsPerSecond: rounded((1000 * this.#calls) / upMs),
      utilisation: rounded(Math.min(1, this.#ranUs / 1000 / upMs)),
      waitMs: percentilesOf(this.#wait),
      runMs: percentilesOf(this.#run),
      transferMs: percentilesOf(this.#transfer),
    };
  }
}

function durations(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: LONGEST_US, figures: 2 });
}

function record(histogram: RecordableHistogram, us: number): void {
  histogram.record(Math.min(LONGEST_US, Math.max(1, Math.round(us))));
}

function percentilesOf(histogram: RecordableHistogram): Percentiles {
  if (histogram.count === 0) return { mean: 0, p50: 0, p90: 0, p99: 0, max: 0 };
  const at = (percentile: number): number => rounded(histogram.percentile(percentile) / 1000);
  return {
    mean: rounded(histogram.mean / 1000),
    p50: at(50),
    p90: at(90),
    p99: at(99),
    max: rounded(histogram.max / 1000),
  };
}

/** To three digits: more would be noise in a log. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
