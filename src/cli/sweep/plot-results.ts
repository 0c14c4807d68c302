import { writeReport } from '../../sweep/report/write-report.js';
import type { SweepEntry } from '../../sweep/results/entry.js';

export interface PlotOptions {
  readonly output: string;
  /** `loss`, `loss:min` or `accuracy:max`. */
  readonly best: string | undefined;
}

/** Writes one HTML file that shows a sweep: its table, plots, a timeline, its failures. */
export async function plotResults(
  entries: Iterable<SweepEntry>,
  path: string,
  { output, best }: PlotOptions,
): Promise<void> {
  const [, metric = '', goal] = /^(.*?)(?::(min|max))?$/.exec(best ?? '') ?? [];
  const objective = metric === '' ? undefined : { metric, goal: goal === 'max' ? ('max' as const) : ('min' as const) };
  await writeReport(path, entries, { output, ...(objective && { objective }) });
}
