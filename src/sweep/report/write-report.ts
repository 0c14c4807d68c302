import { basename, resolve } from 'node:path';
import { type Check, type Checks, checkOptions, isFunction, isRecord, isString } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { SweepEntry } from '../results/entry.js';
import { replaceFile } from '../results/replace-file.js';
import { collect } from './collect.js';
import { failuresIn } from './failures.js';
import { reportHtml } from './html.js';
import type { ReportData } from './report-data.js';
import { startsOf } from './starts.js';

export interface ReportOptions {
  /** The sweep's output folder: ends of logs are read there, and how the sweep was started. Without it both are missing. */
  readonly output?: string;
  /** Default: the name of the output folder. */
  readonly title?: string;
  /** Which result is looked for; less is better unless `goal` says otherwise. The page lets one choose another. */
  readonly objective?: { readonly metric: string; readonly goal?: 'min' | 'max' };
}

const isObjective: Check = (value) =>
  isRecord(value) && typeof value.metric === 'string' && [undefined, 'min', 'max'].includes(value.goal as undefined)
    ? undefined
    : "an object with a metric's name, and 'min' or 'max' as its goal";
const checks: Checks = { output: isString, title: isString, objective: isObjective };

/**
 * Writes one HTML file that shows a sweep: a table, plots of what each parameter does, a timeline of the workers, and the failures
 * with the ends of their logs. It holds all it needs, loads nothing, and is there as a whole or as it was before.
 * Of more than 10,000 tasks it holds a part, and says so.
 */
export async function writeReport(
  path: string,
  tasks: Iterable<SweepEntry>,
  options: ReportOptions = {},
): Promise<void> {
  if (isString(path) || path === '') throw new OptionError('writeReport() takes the path of a file to write.');
  const entries = entriesIn(tasks);
  checkOptions(options, checks);
  await replaceFile(resolve(path), await reportHtml(reportData(entries, options)));
}

/** A table of results is iterable, too, and does not do. */
function entriesIn(tasks: Iterable<SweepEntry>): SweepEntry[] {
  const isIterable = isFunction((tasks as Partial<Iterable<unknown>> | undefined)?.[Symbol.iterator]) === undefined;
  const entries: Partial<SweepEntry>[] = isIterable ? [...tasks] : [];
  if (!isIterable || entries.some((entry) => !isRecord(entry?.task))) {
    throw new OptionError('writeReport() takes the tasks of a sweep: { task, end } each, in the order of the plan.');
  }
  return entries as SweepEntry[]; // just looked at
}

function reportData(entries: readonly SweepEntry[], { output, title, objective }: ReportOptions): ReportData {
  const root = output === undefined ? undefined : resolve(output);
  const { metric, goal = 'min' } = objective ?? {};
  return {
    title: title ?? (root === undefined ? 'Sweep' : basename(root)),
    madeAt: Date.now(),
    ...(metric !== undefined && { objective: { metric, goal } }),
    ...collect(entries),
    ...failuresIn(entries, root),
    starts: root === undefined ? [] : startsOf(root),
  };
}
