import { checkOptions, isAnything, isCount, isEnv, isString } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { HostOptions, WorkersOptions } from './spec.js';

const checks: Readonly<Record<keyof HostOptions, (value: unknown) => string | undefined>> = {
  host: isAnything, // whoever connects to it knows what it may be
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
    if (options.host === undefined) throw new OptionError('One of the "hosts" has no "host": the address of a server.');
    const own = options.gpus ?? gpus;
    return { ...options, ...(own !== undefined && { gpus: own }) };
  });
}

/** Whether there are workers on this machine. With others, only if `count` says so. */
export function isHereAtWork({ hosts = [], count }: WorkersOptions): boolean {
  return count === undefined ? hosts.length === 0 : count !== 0;
}
