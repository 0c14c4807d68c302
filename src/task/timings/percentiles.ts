/** Of many durations, in milliseconds. Half of them are at most `p50`. All are 0 where there is none. */
export interface Percentiles {
  readonly count: number;
  readonly total: number;
  readonly mean: number;
  /** Of a sample; 0 for a single one. */
  readonly std: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Exact: each percentile is one of the values. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  const at = (percent: number): number => sorted[Math.max(0, Math.ceil((percent / 100) * count) - 1)] ?? 0;
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const mean = count === 0 ? 0 : total / count;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    count,
    total,
    mean,
    std: count < 2 ? 0 : Math.sqrt(squares / (count - 1)),
    min: at(0),
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    max: at(100),
  };
}
