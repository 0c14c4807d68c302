import { resolve } from 'node:path';
import { percentilesOf } from '../../task/timings/percentiles.js';
import { type Change, checkFits } from '../ledger/fingerprint.js';
import { Ledger } from '../ledger/ledger.js';
import type { Peeked } from '../ledger/peek.js';
import type { Plan } from '../plan/plan.js';
import { eta } from '../results/eta.js';
import { assignmentsOf } from '../run/assignments.js';
import { levelsOf } from '../run/course.js';
import { fingerprintOf } from '../run/fingerprint.js';
import type { Sweep } from '../sweep.js';
import { type PlannedTask, taskTeller } from './planned-task.js';
import { type PlannedWorkers, plannedWorkers } from './planned-workers.js';

/** What a run would do. */
export interface PlanReport extends PlannedWorkers {
  /** Absolute. */
  readonly output: string;
  /** `null` for a search: its tasks come one by one. */
  readonly tasks: number | null;
  readonly spaces: readonly PlannedSpace[];
  /** How many points each rule cuts. */
  readonly cuts: readonly { readonly rule: string; readonly points: number; readonly title: string }[];
  readonly duplicates: number;
  /** False where not all of the spaces was looked at: `cuts` and `duplicates` are of a part then. */
  readonly isComplete: boolean;
  /** Parameters that no command uses. */
  readonly orphans: readonly string[];
  readonly batches: PlannedBatches;
  readonly resume: PlannedResume;
  /** By the tasks that are recorded already; `null` without any. */
  readonly estimate: { readonly likelyMs: number; readonly leastMs: number; readonly mostMs: number } | null;
  readonly first: readonly PlannedTask[];
  readonly last: readonly PlannedTask[];
}

interface PlannedSpace {
  readonly title: string;
  readonly dimensions: readonly {
    readonly name: string;
    readonly parameters: readonly string[];
    readonly values: number | null;
    readonly hasLoad: boolean;
  }[];
}

/** Tasks that one worker does together, so that what it has loaded serves them all. */
interface PlannedBatches {
  /** The variables whose values they have in common; none: each task is for any worker. */
  readonly variables: readonly string[];
  /** `null` where there are too many tasks to count them. */
  readonly count: number | null;
}

interface PlannedResume {
  readonly existing: string;
  /** Recorded as done, and not run again. */
  readonly done: number;
  /** Recorded as stopped early by a rule, and not run again. */
  readonly stopped: number;
  /** Recorded as failed or cancelled, and run again. */
  readonly again: number;
  /** Never run so far. */
  readonly new: number;
  /** To be run now. */
  readonly toRun: number;
  /** Another process that is at work there, for which a run would be refused. */
  readonly heldBy: { readonly pid: number; readonly host: string } | null;
  /** What has changed since, so that a run would be refused. */
  readonly changes: readonly Change[];
}

const COUNTED_MAX = 1_000_000;
const DURATIONS_MAX = 1000;

/** Looks at everything that a run would do, and leaves no trace. Throws what a run would be refused for as a whole. */
export async function planReport(
  sweep: Sweep,
  { first = 3, last = 1 }: { first?: number; last?: number } = {},
): Promise<PlanReport> {
  const { spec, plan, orphans } = sweep;
  const output = resolve(spec.output);
  const staff = await plannedWorkers(spec.workers);
  const peeked = Ledger.peek(output);
  const resume = await resumeOf(sweep, peeked);
  const summary = plan?.describe({ first, last });
  const tell = taskTeller(spec);
  return {
    output,
    tasks: plan ? plan.size : null,
    spaces: plan ? spacesOf(plan) : [],
    cuts: summary?.cuts ?? [],
    duplicates: summary?.duplicates ?? 0,
    isComplete: summary?.isComplete ?? false,
    orphans,
    batches: plan ? batchesOf(sweep, plan) : { variables: [], count: null },
    ...staff,
    resume,
    estimate: estimateOf(peeked, { left: resume.toRun, workers: staff.workers.length }),
    first: summary?.first.map(tell) ?? [],
    last: summary?.last.map(tell) ?? [],
  };
}

function spacesOf(plan: Plan): PlannedSpace[] {
  return plan.dimensions.map(({ title, dimensions }) => ({
    title,
    dimensions: dimensions.map(({ name, parameters, values = null, hasLoad }) => ({
      name,
      parameters,
      values,
      hasLoad,
    })),
  }));
}

function batchesOf({ spec }: Sweep, plan: Plan): PlannedBatches {
  const { depth } = levelsOf(plan, spec);
  const names = plan.dimensions.map(({ dimensions }) => dimensions.slice(0, depth).map(({ name }) => name));
  const variables = [...new Set(names.flat())];
  if (depth === 0) return { variables, count: plan.size };
  if (plan.size > COUNTED_MAX) return { variables, count: null };
  const paths = new Set<string>();
  for (let index = 0; index < plan.size; index++) paths.add(plan.path(index, depth).join());
  return { variables, count: paths.size };
}

async function resumeOf({ spec, plan }: Sweep, peeked: Peeked): Promise<PlannedResume> {
  const { existing } = spec;
  const { records, drivers, fingerprint, damage } = peeked;
  const isAccepted = spec.changed === 'accept' || existing === 'overwrite';
  if (damage && !isAccepted) throw damage;
  const { work } = await assignmentsOf(spec, plan);
  const changes = fingerprint && !isAccepted ? checkFits(fingerprint, fingerprintOf(spec, work)) : [];
  const counts = { done: 0, stopped: 0, again: 0, new: 0 };
  for (let index = 0; index < (plan?.size ?? 0); index++) {
    const status = records.statusOf(plan?.id(index) ?? '');
    if ((status === 'done' || status === 'stopped') && existing !== 'overwrite') counts[status] += 1;
    else counts[status ? 'again' : 'new'] += 1;
  }
  const holder = spec.join ? undefined : drivers.find(({ isAlive }) => isAlive);
  return {
    existing,
    ...counts,
    toRun: counts.again + counts.new,
    heldBy: holder ? { pid: holder.pid, host: holder.host } : null,
    changes,
  };
}

function estimateOf({ records }: Peeked, { left, workers }: { left: number; workers: number }): PlanReport['estimate'] {
  const ids = [...records.ids('done')].slice(-DURATIONS_MAX);
  const durations = percentilesOf(
    ids.flatMap((id) => {
      const end = records.lastEnd(id);
      return end ? [end.endedAt - end.startedAt] : [];
    }),
  );
  const { remainingMs } = eta({ elapsedMs: 0, done: durations.count, failures: 0, left, workers, durations });
  if (!remainingMs) return null;
  return { likelyMs: remainingMs.likely, leastMs: remainingMs.least, mostMs: remainingMs.most };
}
