import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '../target/target.js';
import type { FunctionTask } from '../task/function-work.js';
import { SweepResults } from './results/sweep-results.js';
import type { RunOptions } from './run/spec.js';
import type { WrittenParams } from './space/space-spec.js';
import { Sweep, sweep } from './sweep.js';

/**
 * Runs a function for each of these points. Without an `output` nothing is kept but the results, and nothing is resumed;
 * with one, it is a sweep as any other. The folder that `PYW_OUTPUT` names is for sweeps that keep something: several calls of this
 * would meet there.
 */
export async function map(
  task: Target<FunctionTask>,
  points: readonly WrittenParams[],
  options: RunOptions = {},
): Promise<SweepResults> {
  if (points.length === 0) return SweepResults.of([]);
  if (options.output !== undefined) return sweep({ ...options, task, points });
  const output = await mkdtemp(join(tmpdir(), 'pyw-map-'));
  try {
    return await new Sweep({ ...options, task, points }, { flags: { output } }).run();
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}
