import { checkTarget, refer } from '../../target/refer.js';
import { NamedTarget, type Target } from '../../target/target.js';
import type { TargetRef } from '../../target/target-ref.js';
import type { Preparation, Work } from '../../task/order.js';
import type { Plan } from '../plan/plan.js';
import { commandsOf } from './commands-of.js';
import type { Loading } from './loads.js';
import type { Resolved } from './resolved.js';

/** What workers are told of their work: functions become references. */
export interface Assignments {
  readonly work: Work;
  readonly loadings: readonly Loading[];
  prepare(gpus: readonly string[], locate: Locate): Preparation;
}

/** A reference as it is understood where the worker is. */
export type Locate = (ref: TargetRef) => TargetRef;

export async function assignmentsOf(spec: Resolved, plan: Plan | undefined): Promise<Assignments> {
  const work = await workOf(spec);
  const { setup, teardown } = spec.workers ?? {};
  const setupRef = setup && (await refer(setup));
  const teardownRef = teardown && (await refer(teardown));
  return {
    work,
    loadings: await loadingsOf(plan),
    prepare: (gpus, locate) => ({
      work: work.type === 'function' ? { ...work, ref: locate(work.ref) } : work,
      output: spec.print ?? 'log',
      gpus,
      ...(setupRef && { setup: locate(setupRef) }),
      ...(teardownRef && { teardown: locate(teardownRef) }),
    }),
  };
}

async function workOf(spec: Resolved): Promise<Work> {
  const { task, metrics, stopIf, graceMs } = spec;
  if (task !== undefined) return { type: 'function', ref: await refer(task), name: nameOf(task) };
  return {
    type: 'commands',
    commands: commandsOf(spec),
    ...(metrics === 'json-lines' ? { jsonLines: true } : metrics && { metrics }),
    follow: stopIf !== undefined,
    graceMs,
  };
}

/** For a log's name. */
function nameOf(task: Target): string {
  const name = typeof task === 'function' ? task.name : task instanceof NamedTarget ? task.exportName : 'task';
  return /^[\w-]+$/.test(name) && name !== 'default' ? name : 'task';
}

/** One for each variable, in their order, whichever space names it. */
async function loadingsOf(plan: Plan | undefined): Promise<Loading[]> {
  const loadings = new Map<string, Loading>();
  for (const { name: dimension, parameters, keeping } of plan?.dimensions.flatMap(({ dimensions }) => dimensions) ??
    []) {
    for (const [name, { load, dispose }] of keeping) {
      if (load === undefined || loadings.has(name)) continue;
      const disposeRef = dispose === undefined ? undefined : await refer(checked(dispose));
      loadings.set(name, {
        name,
        parameters: name === dimension ? parameters : [name],
        load: await refer(checked(load)),
        ...(disposeRef && { dispose: disposeRef }),
      });
    }
  }
  return [...loadings.values()];
}

function checked(target: unknown): Target {
  checkTarget(target);
  return target;
}
