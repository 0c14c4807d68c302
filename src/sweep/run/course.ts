import { OptionError } from '../../base/errors.js';
import type { Events } from '../../base/events.js';
import type { TaskEnd } from '../../task/record.js';
import { Dealer } from '../batch/dealer.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Plan } from '../plan/plan.js';
import type { Task } from '../point.js';
import type { SweepEntry } from '../results/entry.js';
import type { Agenda } from './agenda.js';
import type { Past } from './past.js';
import { PlanAgenda } from './plan-agenda.js';
import type { Resolved } from './resolved.js';
import { reviewTask } from './review-existing.js';
import { SearchAgenda } from './search-agenda.js';
import type { SweepEvents } from './sweep-events.js';
import type { Tally } from './tally.js';
import { wantedIn } from './wanted.js';
import { whereItWas } from './where-it-was.js';

const FAILURES_RECALLED =
  'the search is told of points that failed in an earlier run, and they are not run again; name them in "ids", as pyw-sweep retry does, to have that';

/** Where the tasks of one run come from, what is known of them already, and what becomes of them. */
export interface Course {
  readonly agenda: Agenda;
  onEnd(task: Task, end: TaskEnd): void | Promise<void>;
  /** All tasks, in their order, with how they ended last. */
  entries(): Iterable<SweepEntry>;
}

export interface CourseOptions {
  readonly spec: Resolved;
  readonly output: string;
  readonly ledger: Ledger;
  readonly past: Past;
  readonly tally: Tally;
  readonly workers: number;
  readonly events: Events<SweepEvents>;
}

/** The course of a plan: what is recorded as done is not done again, unless `existing` says so. */
export function planCourse(plan: Plan, { spec, past, ledger, tally, workers, events }: CourseOptions): Course {
  const { depth, loads, levels } = levelsOf(plan, spec);
  const isWanted = wantedIn(plan, spec);
  const known = { done: 0, stopped: 0, again: 0, fresh: 0 };
  const done = (index: number): boolean => {
    if (!isWanted(index)) return true;
    tally.expect(1);
    const id = plan.id(index);
    const over = past.isOver(id);
    if (over) tally.skip();
    if (over) known[over] += 1;
    else if (ledger.records.attemptsOf(id) > 0) known.again += 1;
    else known.fresh += 1;
    return over !== undefined;
  };
  const path = (index: number): readonly number[] => plan.path(index, depth);
  const dealer = new Dealer({ size: plan.size, path, depth, loads, workers: Math.max(1, workers), done });
  if (known.done + known.stopped + known.again > 0) events.emit('resumed', known);
  return {
    agenda: new PlanAgenda((index) => whereItWas(plan.task(index), ledger.records), dealer, levels),
    onEnd() {},
    *entries() {
      for (let index = 0; index < plan.size; index++) {
        const end = ledger.records.lastEnd(plan.id(index));
        const task = plan.task(index);
        yield end && end.status !== 'done'
          ? { task: whereItWas(task, ledger.records), end }
          : { task, ...(end && { end }) };
      }
    },
  };
}

/**
 * The course of a search: what it asks for that is recorded already is told to it without being run, failures too. What it asks for
 * next may follow from them.
 */
export function searchCourse(
  makeTask: (params: Task['point']['params'], index: number) => Task,
  options: CourseOptions,
): Course {
  const { spec, ledger, past, tally, events } = options;
  const again = new Set(spec.ids);
  let failures = 0;
  const tasks: Task[] = [];
  if (!spec.search) throw new OptionError('There is no search.');
  const agenda = new SearchAgenda({
    search: spec.search,
    limit: spec.limit ?? Number.POSITIVE_INFINITY,
    makeTask,
    async recall(task) {
      await reviewTask(task, options);
      const { id } = task.point;
      const end = ledger.records.lastEnd(id);
      const isOver = past.isOver(id) || (end?.status === 'failed' && end.forGood && !again.has(id));
      return isOver ? end : undefined;
    },
    onTask(task) {
      tally.expect(1);
      tasks.push(task);
    },
    onRecalled(_, { status }) {
      if (status !== 'failed') return tally.skip();
      tally.giveUp();
      failures += 1;
      if (failures === 1) events.emit('note', FAILURES_RECALLED);
    },
  });
  return {
    agenda,
    onEnd: (task, end) => agenda.report(task, end),
    *entries() {
      for (const task of tasks) {
        const end = ledger.records.lastEnd(task.point.id);
        yield { task, ...(end && { end }) };
      }
    },
  };
}

/** The upper dimensions that keep tasks together, and the variables that are loaded at each. */
export function levelsOf(
  plan: Plan,
  { batches }: Pick<Resolved, 'batches'>,
): { readonly depth: number; readonly loads: readonly boolean[]; readonly levels: readonly (readonly string[])[] } {
  const height = Math.max(0, ...plan.dimensions.map(({ dimensions }) => dimensions.length));
  const levels = Array.from({ length: height }, (_, level) =>
    plan.dimensions.flatMap(({ dimensions }) => [...(dimensions[level]?.keeping.keys() ?? [])]),
  );
  const lastLoad = levels.findLastIndex((names) => names.length > 0);
  const depth = batches === false ? 0 : Math.min(batches ?? lastLoad + 1, height);
  const loads = levels.slice(0, depth).map((names) => names.length > 0 || batches !== undefined);
  return { depth, loads, levels };
}
