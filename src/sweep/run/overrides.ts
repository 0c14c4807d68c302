import { OptionError } from '../../base/errors.js';
import { gpusFrom, gpusTaken } from './gpus-from.js';
import type { SweepSpec, WorkersOptions } from './spec.js';

type Parse = (text: string) => unknown;
interface Override {
  readonly path: readonly [keyof SweepSpec] | readonly ['workers', keyof WorkersOptions];
  readonly parse: Parse;
}

const number: Parse = (text) => {
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error('a number');
  return value;
};
const text: Parse = (given) => given;
const list: Parse = (given) => given.split(',').map((item) => item.trim());
const flag: Parse = (given) => {
  if (/^(1|true|yes|on)$/i.test(given)) return true;
  if (/^(0|false|no|off)$/i.test(given)) return false;
  throw new Error('true or false');
};
const numberOr =
  (word: string): Parse =>
  (given) =>
    given === word ? word : number(given);
const gpus: Parse = (given) => {
  const found = gpusFrom(given);
  if (found === undefined) throw new Error(gpusTaken);
  return found;
};
const retries: Parse = (given) => {
  if (!given.startsWith('{')) return number(given);
  try {
    return JSON.parse(given);
  } catch {
    throw new Error('a number, or one for each class of failure such as {"lost":2}');
  }
};

/** `100`, or with its seed `100:7`. */
const sample: Parse = (given) => {
  const [, count, seed] = /^(\d+)(?::(-?\d+))?$/.exec(given) ?? [];
  if (count === undefined) throw new Error('a number, or one with its seed such as 100:7');
  return { count: Number(count), ...(seed !== undefined && { seed: Number(seed) }) };
};
const objective: Parse = (given) => {
  const [, metric, goal] = /^(.+?)(?::(min|max))?$/.exec(given) ?? [];
  return { metric, ...(goal !== undefined && { goal }) };
};
const graphite: Parse = (given) => {
  const [, host, port, prefix] = /^([^/]+?)(?::(\d+))?\/(.+)$/.exec(given) ?? [];
  if (host === undefined) throw new Error('HOST/PREFIX or HOST:PORT/PREFIX, such as graphite.lab/sweeps.first');
  return { host, ...(port !== undefined && { port: Number(port) }), prefix };
};
const prometheus: Parse = (given) => {
  const [, host, port] = /^(?:(.+):)?(\d+)$/.exec(given) ?? [];
  if (port === undefined) throw new Error('a port, or HOST:PORT such as 0.0.0.0:9464');
  return { port: Number(port), ...(host !== undefined && { host }) };
};

/** Every option that a variable of the environment can set, without a line of code changed. */
const overrides: Readonly<Record<string, Override>> = {
  PYW_WORKERS: { path: ['workers', 'count'], parse: numberOr('auto') },
  PYW_KIND: { path: ['workers', 'kind'], parse: text },
  PYW_GPUS: { path: ['workers', 'gpus'], parse: gpus },
  PYW_CPUS: { path: ['workers', 'cpus'], parse: number },
  PYW_MEMORY_MB: { path: ['workers', 'memoryMb'], parse: number },
  PYW_HOSTS: { path: ['workers', 'hosts'], parse: list },
  PYW_CWD: { path: ['workers', 'cwd'], parse: text },
  PYW_TASKS_MAX: { path: ['workers', 'tasksMax'], parse: number },
  PYW_SETUP_TIMEOUT_MS: { path: ['workers', 'setupTimeoutMs'], parse: number },
  PYW_OUTPUT: { path: ['output'], parse: text },
  PYW_REPEATS: { path: ['repeats'], parse: number },
  PYW_SAMPLE: { path: ['sample'], parse: sample },
  PYW_LIMIT: { path: ['limit'], parse: number },
  PYW_SHARD: { path: ['shard'], parse: text },
  PYW_FOLDERS: { path: ['folders'], parse: text },
  PYW_ONLY: { path: ['only'], parse: list },
  PYW_BATCHES: { path: ['batches'], parse: (given) => (given === 'false' ? false : number(given)) },
  PYW_TIMEOUT_MS: { path: ['timeoutMs'], parse: number },
  PYW_LOAD_TIMEOUT_MS: { path: ['loadTimeoutMs'], parse: number },
  PYW_GRACE_MS: { path: ['graceMs'], parse: number },
  PYW_RETRIES: { path: ['retries'], parse: retries },
  PYW_RETRY_DELAY_MS: { path: ['retryDelayMs'], parse: number },
  PYW_MAX_FAILURES: { path: ['maxFailures'], parse: number },
  PYW_CANARY: { path: ['canary'], parse: flag },
  PYW_SUCCESS: { path: ['success'], parse: text },
  PYW_ON_FAILURE: { path: ['onFailure'], parse: text },
  PYW_EXISTING: { path: ['existing'], parse: text },
  PYW_CHANGED: { path: ['changed'], parse: text },
  PYW_JOIN: { path: ['join'], parse: flag },
  PYW_PRINT: { path: ['print'], parse: text },
  PYW_VERBOSE: { path: ['verbose'], parse: number },
  PYW_GRAPHITE: { path: ['graphite'], parse: graphite },
  PYW_PROMETHEUS: { path: ['prometheus'], parse: prometheus },
  PYW_OBJECTIVE: { path: ['objective'], parse: objective },
};

/** Flags of a command go before the environment, that before the call, the call before the file, the file before the defaults. */
export function specFrom(
  { file = {}, call = {}, flags = {} }: Readonly<Partial<Record<'file' | 'call' | 'flags', SweepSpec>>>,
  env: NodeJS.ProcessEnv = process.env,
): SweepSpec {
  const layers = [file, call, fromEnvironment(env), flags].map(said);
  const workers = Object.assign({}, ...layers.map((layer) => said(layer.workers ?? {})));
  const merged: SweepSpec = Object.assign({}, ...layers);
  return Object.keys(workers).length > 0 ? { ...merged, workers } : merged;
}

/** An option that is there and undefined says nothing. */
function said<T extends object>(layer: T): T {
  return Object.fromEntries(Object.entries(layer).filter(([, value]) => value !== undefined)) as T; // as if left out
}

function fromEnvironment(env: NodeJS.ProcessEnv): SweepSpec {
  const spec: Record<string, unknown> = {};
  for (const [name, { path, parse }] of Object.entries(overrides)) {
    const given = env[name];
    if (given === undefined || given.trim() === '') continue; // set to nothing counts as not set
    const value = parsed(name, given.trim(), parse);
    if (path[0] === 'workers' && path[1]) spec.workers = { ...(spec.workers as object), [path[1]]: value };
    else spec[path[0]] = value;
  }
  return spec as SweepSpec;
}

function parsed(name: string, given: string, parse: Parse): unknown {
  try {
    return parse(given);
  } catch (error) {
    throw new OptionError(
      `The environment variable ${name} takes ${(error as Error).message}, not ${JSON.stringify(given)}. Set it right, or unset it.`,
    );
  }
}
