import type { SweepResults } from './results/sweep-results.js';
import type { SweepSpec } from './run/spec.js';
import { Sweep } from './sweep.js';

/** The next sweep, from what the last one came to. */
export type NextStage = (previous: SweepResults) => SweepSpec | Promise<SweepSpec>;

/**
 * Sweeps one after the other, each made from the results of the one before: a coarse grid first, then a fine one around its best
 * points. Each has a folder of its own, `stage-1` and so on within the first one's output, unless it names another. Resolves
 * with the results of each.
 */
export async function stages(first: SweepSpec, ...next: readonly NextStage[]): Promise<SweepResults[]> {
  const { output = 'sweep-output' } = first;
  const results = [await new Sweep(first, { stage: 'stage-1' }).run()];
  for (const [i, make] of next.entries()) {
    const spec = await make(results[i] as SweepResults); // one for each stage so far
    const isElsewhere = spec.output !== undefined && spec.output !== output;
    const stage = isElsewhere ? {} : { stage: `stage-${i + 2}` };
    results.push(await new Sweep({ ...spec, output: spec.output ?? output }, stage).run());
  }
  return results;
}
