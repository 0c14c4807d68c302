import type { ReportTasks } from '../report-data.js';

type BarKind = ReportTasks['status'][number] | 'load';

/** What a worker did during a time. */
export interface Bar {
  /** Position among the lanes that are drawn. */
  readonly lane: number;
  readonly kind: BarKind;
  readonly from: number;
  readonly to: number;
  /** The task, and how many there are in it. */
  readonly task: number;
  readonly count: number;
  /** Of a load: what was loaded. */
  readonly variable?: string;
}

const BARS_MAX = 4000;
const PARTS = 1500; // of the whole time: what is closer than that cannot be told apart

/** Tasks, and the loads before them. Where they are too many, neighbours of a kind that lie close to each other become one. */
export function barsOf(
  tasks: ReportTasks,
  laneOf: (worker: number) => number | undefined,
): { bars: Bar[]; areMerged: boolean } {
  const bars: Bar[] = [];
  tasks.status.forEach((kind, task) => {
    const lane = laneOf(tasks.worker[task] ?? 0);
    if (lane === undefined) return;
    const from = tasks.startedAt[task] ?? 0;
    let loadsFrom = from;
    for (const [variable, ms] of Object.entries(tasks.loads[task] ?? {}).toReversed()) {
      bars.push({ lane, kind: 'load', from: loadsFrom - ms, to: loadsFrom, task, count: 1, variable });
      loadsFrom -= ms;
    }
    bars.push({ lane, kind, from, to: tasks.endedAt[task] ?? from, task, count: 1 });
  });
  if (bars.length <= BARS_MAX) return { bars, areMerged: false };
  return { bars: merged(bars), areMerged: true };
}

function merged(bars: readonly Bar[]): Bar[] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, 0];
  for (const { from, to } of bars) [least, greatest] = [Math.min(least, from), Math.max(greatest, to)];
  const gap = (greatest - least) / PARTS;
  const kept: Bar[] = [];
  const lastOf = new Map<string, number>();
  for (const bar of bars.toSorted((one, other) => one.from - other.from)) {
    const key = `${bar.lane} ${bar.kind}`;
    const at = lastOf.get(key) ?? -1;
    const last = kept[at];
    if (last && bar.from - last.to <= gap) {
      kept[at] = { ...last, to: Math.max(last.to, bar.to), count: last.count + bar.count };
    } else {
      lastOf.set(key, kept.push(bar) - 1);
    }
  }
  return kept;
}
