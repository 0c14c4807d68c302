import { hostOf } from './check-places.js';
import type { HostOptions, WorkersOptions } from './spec.js';

/** The other machines, each with its options; its workers get the GPUs that all are to get, unless it says something else. */
export function hostsOf({ hosts = [], gpus }: WorkersOptions): HostOptions[] {
  return hosts.map((given) => {
    const options = hostOf(given);
    const own = options.gpus ?? gpus;
    return { ...options, ...(own !== undefined && { gpus: own }) };
  });
}

/** Whether there are workers on this machine. With others, only if `count` says so. */
export function isHereAtWork({ hosts = [], count }: WorkersOptions): boolean {
  return count === undefined ? hosts.length === 0 : count !== 0;
}
