import type { ReportColumn, ReportData } from '../report-data.js';
import { codesOf } from './codes.js';

export type Goal = 'min' | 'max';

/** Something to judge tasks by. */
export interface Metric {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Whether it is a duration in milliseconds. */
  readonly isMs: boolean;
}

/** What numbers there are: the objective first, then metrics and results, and how long tasks took. */
export function metricsOf({ columns, tasks, objective }: ReportData): Metric[] {
  const told = columns.filter((column) => column.kind !== 'parameter' && isNumeric(column)).map(metricOf);
  const taken = new Set(columns.map(({ name }) => name));
  const values = tasks.status.map((status, index) =>
    status === 'done' ? (tasks.endedAt[index] ?? 0) - (tasks.startedAt[index] ?? 0) : null,
  );
  const duration = { name: taken.has('duration') ? 'task.duration' : 'duration', values, isMs: true };
  const wanted = told.filter(({ name }) => name === objective?.metric);
  return [...wanted, ...told.filter((metric) => !wanted.includes(metric)), duration];
}

/** What is looked for; else what the name of the metric suggests. The page shows it, and lets one change it. */
export function goalOf(name: string, { objective }: ReportData): Goal {
  if (name === objective?.metric) return objective.goal;
  return /acc|auc|f1|f_?score|score|precision|recall|reward|return|iou|bleu|rouge|psnr|ssim|r2|throughput|per_?sec|speed/i.test(
    name,
  )
    ? 'max'
    : 'min';
}

/** Parameters that are not the same in all tasks. */
export function varyingIn({ columns }: ReportData): ReportColumn[] {
  return columns.filter(({ kind, values }) => kind === 'parameter' && isVarying(values));
}

function isVarying(values: ReportColumn['values']): boolean {
  const { distinct } = codesOf(values);
  return distinct.length > 1 || (distinct.length === 1 && values.includes(null));
}

/** Tasks that have a value, the best first; of equal ones that which comes first in the plan. */
export function ranked({ values }: Metric, goal: Goal): number[] {
  const sign = goal === 'min' ? 1 : -1;
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  return known.sort((one, other) => sign * (one.value - other.value)).map(({ index }) => index);
}

function isNumeric({ values }: ReportColumn): boolean {
  return (
    values.some((value) => typeof value === 'number') &&
    values.every((value) => value === null || typeof value === 'number')
  );
}

function metricOf({ name, values }: ReportColumn): Metric {
  return { name, values: values.map((value) => (typeof value === 'number' ? value : null)), isMs: false };
}
