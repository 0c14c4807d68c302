import { type Check, type Checks, checkOptions, isCount, isNumber, isPositive, isString } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Value } from '../../task/value.js';
import type { Task } from '../point.js';

/** What a task has told of itself: `progress({ step, loss })`. */
export type Told = Readonly<Record<string, Value>>;

/** Looks at each progress of each task; answers why the task is to stop, or nothing. */
export interface StopRule {
  look(task: Task, progress: Told): string | undefined;
  /** The task has ended, or starts again from the beginning. */
  forget?(task: Task): void;
}

/** What one writes down: a rule, or a predicate. */
export type StopIf = StopRule | ((progress: Told, task: Task) => boolean | string | undefined);

export interface MetricGoal {
  readonly metric: string;
  /** Whether less is better (default), or more. */
  readonly goal?: 'min' | 'max';
  /** The key that counts the steps. Default `step`. */
  readonly step?: string;
}

const isGoal: Check = (value) => (value === 'min' || value === 'max' ? undefined : "'min' or 'max'");

/** What a misspelt option would say is passed over in silence by none of the rules. */
function checkRule(options: MetricGoal, checks: Checks): void {
  checkOptions(options, { metric: isString, goal: isGoal, step: isString, ...checks });
  if (options.metric === undefined) throw new OptionError('The rule needs a "metric" to go by, such as "loss".');
}

/** A predicate as a rule. */
export function ruleOf(stopIf: StopIf): StopRule {
  if (typeof stopIf !== 'function') return stopIf;
  return {
    look(task, progress) {
      const answer = stopIf(progress, task);
      return answer === true ? 'stopIf said so' : answer || undefined;
    },
  };
}

/**
 * Stops a task whose best value so far is worse than the median of what the others had, on the average, up to the same
 * step. Not before `graceSteps`, nor while fewer than `minTasks` others have been there.
 */
export function medianRule(
  options: MetricGoal & { readonly graceSteps?: number; readonly minTasks?: number },
): StopRule {
  checkRule(options, { graceSteps: isNumber, minTasks: isCount });
  const { graceSteps = 1, minTasks = 3 } = options;
  const readings = new Readings(options);
  return {
    look(task, progress) {
      const reading = readings.take(task, progress);
      if (!reading || reading.step < graceSteps) return undefined;
      const others = readings.averagesUpTo(reading.step, task);
      if (others.length < minTasks) return undefined;
      const median = medianOf(others);
      const best = readings.bestOf(task);
      return best > median
        ? `at step ${reading.step} its best ${options.metric} is worse than the median of ${others.length} others`
        : undefined;
    },
    forget: (task) => readings.restart(task),
  };
}

/**
 * Successive halving without waiting (ASHA): at the steps `graceSteps`, `graceSteps * reduction`, … only the best
 * `1 / reduction` of those that have come so far go on. `maxStep` ends a task that has reached it.
 */
export function ashaRule(
  options: MetricGoal & { readonly graceSteps?: number; readonly reduction?: number; readonly maxStep?: number },
): StopRule {
  checkRule(options, { graceSteps: isPositive, reduction: isPositive, maxStep: isPositive });
  const { graceSteps = 1, reduction = 4, maxStep = Number.POSITIVE_INFINITY } = options;
  if (reduction <= 1) throw new OptionError(`ASHA's "reduction" has to be greater than 1, not ${reduction}.`);
  const readings = new Readings(options);
  const rungs = new Map<number, Map<string, number>>();
  return {
    look(task, progress) {
      const reading = readings.take(task, progress);
      if (!reading) return undefined;
      if (reading.step >= maxStep) return `it has reached step ${maxStep}`;
      const rung = rungBelow(reading.step, graceSteps, reduction);
      if (rung === undefined) return undefined;
      const there = rungs.get(rung) ?? new Map<string, number>();
      rungs.set(rung, there);
      if (there.has(task.point.id)) return undefined; // judged once, when it came
      there.set(task.point.id, reading.cost);
      const places = Math.max(1, Math.floor(there.size / reduction));
      const rank = [...there.values()].filter((cost) => cost < reading.cost).length;
      if (there.size < reduction || rank < places) return undefined;
      return `at step ${rung} its ${options.metric} is number ${rank + 1} of ${there.size}; the best ${places} go on`;
    },
    forget(task) {
      readings.restart(task);
      for (const there of rungs.values()) there.delete(task.point.id);
    },
  };
}

function rungBelow(step: number, first: number, reduction: number): number | undefined {
  if (step < first) return undefined;
  let rung = first;
  while (rung * reduction <= step) rung *= reduction;
  return rung;
}

interface Course {
  best: number;
  readonly steps: number[];
  /** Sum of the costs up to and with the step at the same place. */
  readonly sums: number[];
}

/** What tasks told, as costs: less is better. */
class Readings {
  readonly #metric: string;
  readonly #step: string;
  readonly #sign: 1 | -1;
  readonly #courses = new Map<string, Course>();

  constructor({ metric, goal = 'min', step = 'step' }: MetricGoal) {
    this.#metric = metric;
    this.#step = step;
    this.#sign = goal === 'min' ? 1 : -1;
  }

  /** `undefined` for progress that does not tell this metric. A metric that is no number (diverged) is the worst there is. */
  take(task: Task, progress: Told): { readonly step: number; readonly cost: number } | undefined {
    if (!Object.hasOwn(progress, this.#metric)) return undefined;
    const { id } = task.point;
    const course = this.#courses.get(id) ?? { best: Number.POSITIVE_INFINITY, steps: [], sums: [] };
    this.#courses.set(id, course);
    const told = progress[this.#step];
    const step = typeof told === 'number' ? told : (course.steps.at(-1) ?? 0) + 1;
    const value = progress[this.#metric];
    const cost = typeof value === 'number' ? this.#sign * value : Number.POSITIVE_INFINITY;
    course.best = Math.min(course.best, cost);
    course.steps.push(step);
    course.sums.push((course.sums.at(-1) ?? 0) + cost);
    return { step, cost };
  }

  bestOf(task: Task): number {
    return this.#courses.get(task.point.id)?.best ?? Number.POSITIVE_INFINITY;
  }

  averagesUpTo(step: number, except: Task): number[] {
    const averages: number[] = [];
    for (const [id, { steps, sums }] of this.#courses) {
      if (id === except.point.id || (steps.at(-1) ?? -1) < step) continue;
      let count = steps.findIndex((at) => at > step);
      if (count < 0) count = steps.length;
      if (count > 0) averages.push((sums[count - 1] ?? 0) / count);
    }
    return averages;
  }

  restart(task: Task): void {
    this.#courses.delete(task.point.id);
  }
}

function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
