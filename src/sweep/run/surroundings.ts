import type { Preparation } from '../../task/order.js';
import type { Environment, Place } from './place.js';

/**
 * What a worker is told before its first task. Where it is no process of its own, its commands are given what else they would
 * have from that process: their folder, and the environment with its GPUs.
 */
export function preparedFor({ preparation, commandsIn }: Place, admitted: Environment | undefined): Preparation {
  if (!commandsIn) return preparation;
  const { cwd, env } = commandsIn;
  const changes = Object.entries({ ...env, ...admitted }).map(([name, value]) => [name, value ?? null]);
  return {
    ...preparation,
    surroundings: { ...(cwd !== undefined && { cwd }), ...(env && { env: Object.fromEntries(changes) }) },
  };
}
