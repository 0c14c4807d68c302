/** What many numbers are reduced to; `null` where there are too few of them. */
export type Aggregate = keyof typeof aggregates;

/** None of them is ever given a `null`: these are left out before. */
export const aggregates = {
  mean: (values: readonly number[]): number | null => (values.length === 0 ? null : momentsOf(values).mean),
  /** Of a sample: by n - 1. Two values are the least it takes. */
  std: (values: readonly number[]): number | null =>
    values.length < 2 ? null : Math.sqrt(momentsOf(values).squares / (values.length - 1)),
  min: (values: readonly number[]): number | null => extreme(values, (a, b) => a < b),
  max: (values: readonly number[]): number | null => extreme(values, (a, b) => a > b),
  median: (values: readonly number[]): number | null => median(values),
  count: (values: readonly number[]): number => values.length,
};

/** Welford's: exact enough where the values are large and close to each other. */
function momentsOf(values: readonly number[]): { mean: number; squares: number } {
  let mean = 0;
  let squares = 0;
  let count = 0;
  for (const value of values) {
    count += 1;
    const from = value - mean;
    mean += from / count;
    squares += from * (value - mean);
  }
  return { mean, squares };
}

/** A loop: spreading 100,000 arguments overflows the stack. */
function extreme(values: readonly number[], isBetter: (one: number, other: number) => boolean): number | null {
  let best: number | null = null;
  for (const value of values) if (best === null || isBetter(value, best)) best = value;
  return best;
}

function median(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  const lower = sorted[middle - 1];
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}
