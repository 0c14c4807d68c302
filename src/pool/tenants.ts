import { OptionError } from '../base/errors.js';
import { PersistentWorker } from '../worker/persistent-worker.js';

/** Workers that fill a place, of whatever pool. */
export const tenants = new WeakSet<PersistentWorker>();

/** Whether this may fill a place: a worker that takes calls, and those of no other pool. */
export function checkTenant(worker: unknown): asserts worker is PersistentWorker {
  if (!(worker instanceof PersistentWorker)) {
    throw new OptionError(
      `A pool takes in persistent workers only, not ${typeof worker === 'object' ? 'this object' : String(worker)}.`,
    );
  }
  const { name, state } = worker;
  if (state !== 'starting' && state !== 'running') {
    throw new OptionError(`Worker "${name}" takes no calls any more, it is ${state}: a pool needs one that does.`);
  }
  if (tenants.has(worker)) throw new OptionError(`Worker "${name}" is in a pool already: another one is needed here.`);
}
