import {
  type Check,
  checkOptions,
  isAnything,
  isArray,
  isBoolean,
  isCount,
  isEnv,
  isPositive,
  isRecord,
  isString,
} from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { GpuOptions } from './gpu-options.js';
import type { HostOptions, WorkersOptions } from './spec.js';
import { isOverSsh, sshHostFrom } from './ssh-host.js';

/** What can be said of GPUs and hosts without asking any machine. */
export function checkPlaces({ gpus, hosts = [] }: WorkersOptions): void {
  checkGpus(gpus);
  for (const host of hosts) checkGpus(hostOf(host).gpus);
}

/** A host as it was given, in full. */
export function hostOf(given: string | HostOptions): HostOptions {
  const options = typeof given === 'string' ? { host: given } : given;
  checkOptions(options, hostChecks);
  if (options.host === undefined) throw new OptionError('One of the "hosts" has no "host": the address of a server.');
  return options;
}

const hostChecks: Readonly<Record<keyof HostOptions, Check>> = {
  host: isHost,
  count: isCount,
  gpus: isAnything,
  env: isEnv,
  cwd: isString,
  root: isString,
  token: isString,
  tokenFile: isString,
  output: isString,
};

const gpuChecks: Readonly<Record<keyof GpuOptions, Check>> = {
  gpus: isAnything,
  include: isArray,
  avoid: isArray,
  minFreeMb: isPositive,
  devices: isArray,
  missing: (value) => (value === 'refuse' || value === 'take' ? undefined : "'refuse' or 'take'"),
  style: (value) => (value === 'token' || value === 'uuid' ? undefined : "'token' or 'uuid'"),
  idle: isBoolean,
};

function checkGpus(gpus: WorkersOptions['gpus']): void {
  if (isRecord(gpus)) return checkOptions(gpus, gpuChecks);
  if (gpus === undefined || gpus === 'inherit' || typeof gpus === 'number' || Array.isArray(gpus)) return;
  throw new OptionError(
    `"gpus" takes a number for each worker, a list, 'inherit' or an object, not ${JSON.stringify(gpus)}.`,
  );
}

function isHost(value: unknown): string | undefined {
  if (!isOverSsh(value) || sshHostFrom(value)) return undefined;
  return 'ssh://[user@]host[:port][/folder], or the address of a server';
}
