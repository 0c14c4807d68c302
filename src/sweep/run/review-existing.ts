import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OptionError } from '../../base/errors.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Plan } from '../plan/plan.js';
import type { Task } from '../point.js';
import { overwritesSome } from './past.js';
import type { Resolved } from './resolved.js';
import { wantedIn } from './wanted.js';
import { whereItWas } from './where-it-was.js';

const TOLD_MAX = 10;

interface Review {
  readonly spec: Resolved;
  readonly output: string;
  readonly ledger: Ledger;
}

/** Does with what is recorded of a plan's tasks what `existing` says, before any of them is begun. */
export async function reviewExisting(plan: Plan, review: Review): Promise<void> {
  const { existing } = review.spec;
  switch (existing) {
    case 'skip':
      return;
    case 'quit':
      return quit(plan, review);
    case 'overwrite':
      if (!overwritesSome(review.spec)) overwrite(plan, review);
      return;
    case 'verify':
      return verifyAgain(plan, review);
    default:
      existing satisfies never;
  }
}

function quit(plan: Plan, { spec, ledger, output }: Review): void {
  const recorded = recordedIn(plan, spec, ledger);
  if (recorded.length === 0) return;
  const folders = recorded.slice(0, TOLD_MAX).map((index) => plan.task(index).folder);
  throw isThere(folders, { output, count: recorded.length });
}

function isThere(folders: readonly string[], { output, count }: { output: string; count: number }): OptionError {
  const more = count > folders.length ? ', …' : '';
  return new OptionError(
    `${count} of these tasks are recorded in ${output} already, and existing is 'quit': ${folders.join(', ')}${more}.`,
  );
}

/** Also folders that are left of tasks of which nothing is recorded. */
function overwrite(plan: Plan, { spec, ledger, output }: Review): void {
  const isWanted = wantedIn(plan, spec);
  for (const index of recordedIn(plan, spec, ledger)) {
    ledger.clearTask(whereItWas(plan.task(index), ledger.records).folder);
  }
  ledger.forget(indicesIn(plan, spec).map((index) => plan.id(index))); // also what is recorded of an attempt without an end
  for (const { folder, index } of plan) {
    if (isWanted(index) && existsSync(join(output, folder))) ledger.clearTask(folder);
  }
}

async function verifyAgain(plan: Plan, review: Review): Promise<void> {
  const wrong: string[] = [];
  for (const index of recordedIn(plan, review.spec, review.ledger)) {
    if (await isWrong(plan.task(index), review)) wrong.push(plan.id(index));
  }
  review.ledger.forget(wrong);
}

async function isWrong(task: Task, { spec, ledger, output }: Review): Promise<boolean> {
  const { id, params } = task.point;
  if (!ledger.records.isDone(id)) return false;
  try {
    const { folder } = whereItWas(task, ledger.records);
    return !(await spec.verify?.(params, join(output, folder), ledger.records.lastEnd(id)));
  } catch {
    return true; // it cannot bear what is there: why, it says again when the task has run
  }
}

/** The same for one task, of which it is not known beforehand that it will come. */
export async function reviewTask(task: Task, review: Review): Promise<void> {
  const { spec, ledger, output } = review;
  const { id } = task.point;
  if (spec.existing === 'quit' && ledger.records.statusOf(id)) throw isThere([task.folder], { output, count: 1 });
  if (spec.existing === 'overwrite') {
    ledger.forget([id]);
    ledger.clearTask(task.folder);
  }
  if (spec.existing === 'verify' && (await isWrong(task, review))) ledger.forget([id]);
}

function recordedIn(plan: Plan, spec: Resolved, { records }: Ledger): number[] {
  return indicesIn(plan, spec).filter((index) => records.statusOf(plan.id(index)) !== undefined);
}

function indicesIn(plan: Plan, spec: Resolved): number[] {
  return Array.from({ length: plan.size }, (_, index) => index).filter(wantedIn(plan, spec));
}
