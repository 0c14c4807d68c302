import { checkOptions, isAnything, isCount, isEnv, isString } from '../../base/checks.js';
import type { HostOptions, WorkersOptions } from './spec.js';

const checks: Readonly<Record<keyof HostOptions, (value: unknown) => string | undefined>> = {
  host: (value) => (value === undefined ? 'the address of a server' : undefined),
  count: isCount,
  gpus: isAnything,
  env: isEnv,
  cwd: isString,
  root: isString,
  token: isString,
  tokenFile: isString,
  output: isString,
};

/** The other machines, each with its options; its workers get the GPUs that all are to get, unless it says something else. */
export function hostsOf({ hosts = [], gpus }: WorkersOptions): HostOptions[] {
  return hosts.map((given) => {
    const options = typeof given === 'string' ? { host: given } : given;
    checkOptions(options, checks);
    const own = options.gpus ?? gpus;
    return { ...options, ...(own !== undefined && { gpus: own }) };
  });
}

/** Whether there are workers on this machine. With others, only if `count` says so. */
export function isHereAtWork({ hosts = [], count }: WorkersOptions): boolean {
  return count === undefined ? hosts.length === 0 : count !== 0;
}
