import type { Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';
import type { ValueOf } from '../worker/signature.js';
import type { Members } from './members.js';
import type { PoolOptions, PoolRunOptions } from './options.js';
import { Pool } from './pool.js';
import type { InputOf, Source } from './source.js';

/** Of `map()`: its workers, and what is to be known of the run. */
export interface MapOptions extends Members, PoolOptions, Pick<PoolRunOptions, 'signal'> {}

/** Calls the target with each of the inputs, on workers that are made for this and gone after it. */
export async function map<F extends AnyFunction>(
  target: Target<F>,
  inputs: Source<InputOf<F>, PersistentWorker<F>>,
  { threads, processes, remotes, signal, ...options }: MapOptions = {},
): Promise<readonly ValueOf<F>[]> {
  const members = {
    ...(threads !== undefined && { threads }),
    ...(processes !== undefined && { processes }),
    ...(remotes && { remotes }),
  };
  const pool = await Pool.of(target, members, options);
  try {
    return await pool.run(inputs, signal && { signal });
  } finally {
    await pool.terminate();
  }
}
