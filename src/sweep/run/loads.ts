import { WorkerLostError } from '../../base/errors.js';
import type { TargetRef } from '../../target/target-ref.js';
import { labelOf } from '../../task/label.js';
import type { Load } from '../../task/order.js';
import type { Params, Value } from '../../task/value.js';
import type { Task } from '../point.js';
import type { RetryRules } from './retry-rules.js';

/** How the value of one variable is made, and given back. */
export interface Loading {
  /** A variable, or a zip. */
  readonly name: string;
  /** The variable itself, or the zip's members. */
  readonly parameters: readonly string[];
  readonly load: TargetRef;
  readonly dispose?: TargetRef;
}

/** A value could not be made: `cause` says why. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  /** That was known before: it was not tried. */
  readonly isKnown: boolean;

  constructor(load: Load, cause: unknown, { isKnown }: { readonly isKnown: boolean }) {
    super(`load of ${load.variable} = ${JSON.stringify(load.value)} failed`, { cause });
    this.isKnown = isKnown;
  }
}

/** Which values tasks need, and which of them could not be made: that is not tried again for each of their tasks. */
export class Loads {
  readonly #loadings: readonly Loading[];
  readonly #failed = new Map<string, LoadError>();
  readonly #retries: RetryRules;

  constructor(loadings: readonly Loading[], retries: RetryRules) {
    this.#loadings = loadings;
    this.#retries = retries;
  }

  /** Nothing is ever to be loaded. */
  get areNone(): boolean {
    return this.#loadings.length === 0;
  }

  /** What a worker that holds this has to load for the task, in the order of the variables. */
  missingFor(task: Task, holds: ReadonlyMap<string, string>, locate: (ref: TargetRef) => TargetRef): Load[] {
    return this.#loadings.flatMap(({ name, parameters, load, dispose }) => {
      const value = valueFor(name, parameters, task.point.params);
      if (value === undefined || holds.get(name) === JSON.stringify(value)) return [];
      const label = labelOf(name, task.point);
      return [
        {
          variable: name,
          value,
          ...(label !== undefined && { label }),
          load: locate(load),
          ...(dispose && { dispose: locate(dispose) }),
        },
      ];
    });
  }

  /** The variables of a task that have a loaded value. */
  namesFor({ point }: Task): string[] {
    const ofTask = this.#loadings.filter(
      ({ name, parameters }) => valueFor(name, parameters, point.params) !== undefined,
    );
    return ofTask.map(({ name }) => name);
  }

  /** Values that could not be made are tried once more. */
  forgive(): void {
    for (const key of this.#failed.keys()) this.#retries.ended(key);
    this.#failed.clear();
  }

  refuseFailed(load: Load): void {
    const failure = this.#failed.get(keyOf(load));
    if (failure) throw new LoadError(load, failure.cause, { isKnown: true });
  }

  failed(load: Load, cause: unknown): LoadError {
    const error = new LoadError(load, cause, { isKnown: false });
    const key = keyOf(load);
    if (!this.#retries.allow(key, cause instanceof WorkerLostError ? 'lost' : 'load')) this.#failed.set(key, error);
    return error;
  }
}

/** Nothing for a variable that is not in effect. */
function valueFor(name: string, parameters: readonly string[], params: Params): Value | undefined {
  if (Object.hasOwn(params, name)) return params[name];
  const members = parameters.filter((parameter) => Object.hasOwn(params, parameter));
  if (members.length === 0) return undefined;
  return Object.fromEntries(members.map((parameter) => [parameter, params[parameter] ?? null]));
}

function keyOf({ variable, value }: { readonly variable: string; readonly value: Value }): string {
  return JSON.stringify([variable, value]);
}
