import { OptionError } from '../base/errors.js';
import type { Kind } from '../protocol/messages.js';
import type { Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import { PersistentWorker } from '../worker/persistent-worker.js';
import type { PoolWorkerOptions } from './options.js';

/**
 * Makes a worker for a pool, and each one that takes its place: `(target, options) => new PersistentThreadWorker(target,
 * options)` with what is special about yours. It gets the target and the options that a worker of the pool's own would
 * be made with; the target is `undefined` where there is none. The worker belongs to the pool, which closes it.
 */
export type WorkerMaker<F extends AnyFunction = AnyFunction> = (
  target: Target<F> | undefined,
  options: PoolWorkerOptions & { readonly name: string },
) => PersistentWorker<F>;

/** How workers of this kind, or of one's own kind, are made with this target. */
export function makerOf<F extends AnyFunction>(
  kind: Kind | WorkerMaker<F>,
  target: Target<F> | undefined,
): (options: Parameters<WorkerMaker<F>>[1]) => PersistentWorker<F> {
  if (typeof kind === 'function') {
    refuseClass(kind);
    return (options) => kind(target, options);
  }
  if (!target) throw new OptionError('Neither the pool nor this worker has a target.');
  return (options) => new PersistentWorker<F>(kind, target, options);
}

function refuseClass({ name, prototype }: { readonly name: string; readonly prototype?: unknown }): void {
  if (!(prototype instanceof PersistentWorker)) return;
  throw new OptionError(
    `${name} is a class: give a function that makes one, (target, options) => new ${name}(target, options).`,
  );
}
