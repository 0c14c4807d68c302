import {
  type Check,
  type Checks,
  checkOptions,
  isAnything,
  isArray,
  isBoolean,
  isCount,
  isDirectory,
  isDuration,
  isEnv,
  isFunction,
  isPositive,
  isRecord,
  isSignal,
  isString,
  isStrings,
} from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import { checkTarget } from '../../target/refer.js';
import { checkGraphite } from '../metrics/graphite-pusher.js';
import { checkPrometheus } from '../metrics/prometheus-server.js';
import { spaceKeys } from '../space/space-keys.js';
import { checkPlaces } from './check-places.js';
import { RetryRules } from './retry-rules.js';
import type { Hooks, RunOptions, SuccessRule, SweepSpec } from './spec.js';

/** A specification that was checked, with its defaults. */
export interface Resolved extends SweepSpec {
  readonly output: string;
  readonly graceMs: number;
  readonly success: SuccessRule;
  readonly existing: NonNullable<RunOptions['existing']>;
  readonly onFailure: NonNullable<RunOptions['onFailure']>;
}

const oneOf =
  (...words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value) ? undefined : words.map((word) => JSON.stringify(word)).join(' or ');
const either =
  (first: Check, ...others: readonly Check[]): Check =>
  (value) => {
    const expected = [first, ...others].map((check) => check(value));
    return expected.includes(undefined) ? undefined : expected.join(', or ');
  };
const isCountFrom0: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 0 ? undefined : 'a whole number from 0';
const isPlainRecord: Check = (value) => (isRecord(value) ? undefined : 'an object');
const isTexts: Check = (value) =>
  isRecord(value) && Object.values(value).every((item) => typeof item === 'string')
    ? undefined
    : 'an object of strings';

/** What the space says is checked by the plan. */
const ofSpace: readonly (keyof SweepSpec)[] = [...spaceKeys, 'spaces', 'limit', 'shard', 'folders'];

/** A space's own: of several spaces, each has its own; a search has no space. */
const ofOneSpace = ofSpace.filter((name) => !['spaces', 'sample', 'limit', 'shard', 'folders'].includes(name));
const ofNoSearch = ofSpace.filter((name) => !['title', 'computed', 'defaults', 'aliases', 'limit'].includes(name));

const isStopIf: Check = (value) =>
  [value].flat().every((rule) => typeof rule === 'function' || (isRecord(rule) && typeof rule.look === 'function'))
    ? undefined
    : 'a function, a rule with a function "look", or an array of these';

const isObjective: Check = (value) =>
  isRecord(value) && typeof value.metric === 'string' && [undefined, 'min', 'max'].includes(value.goal as undefined)
    ? undefined
    : "{ metric, goal }, with the name of a result and 'min' or 'max'";

const checks: Readonly<Record<Exclude<keyof SweepSpec, never>, Check>> = {
  ...(Object.fromEntries(ofSpace.map((name) => [name, isAnything])) as Record<(typeof ofSpace)[number], Check>),
  version: isString,
  search: isPlainRecord,
  task: isAnything,
  commands: either(isString, isTexts),
  only: either(isString, isArray),
  metrics: either(oneOf('json-lines'), isTexts),
  ids: isStrings,
  output: isString,
  workers: isPlainRecord,
  batches: either(oneOf(false), isCountFrom0),
  timeoutMs: isPositive,
  loadTimeoutMs: isPositive,
  graceMs: isDuration,
  retries: either(isCountFrom0, isPlainRecord),
  retryDelayMs: isDuration,
  maxFailures: isCount,
  canary: isBoolean,
  success: oneOf('no-error', 'verify', 'no-error-and-verify', 'always'),
  verify: isFunction,
  onFailure: oneOf('continue', 'silent', 'stop'),
  existing: oneOf('verify', 'skip', 'overwrite', 'quit'),
  changed: oneOf('refuse', 'accept'),
  join: isBoolean,
  hooks: isPlainRecord,
  stopIf: isStopIf,
  print: oneOf('log', 'console', 'both'),
  verbose: oneOf(0, 1, 2, 3),
  graphite: isPlainRecord,
  prometheus: isPlainRecord,
  signal: isSignal,
  objective: isObjective,
};

const workerChecks: Checks = {
  count: either(oneOf('auto'), isCountFrom0),
  kind: oneOf('thread', 'process', 'inline'),
  gpus: isAnything,
  cpus: isCount,
  memoryMb: isPositive,
  env: isEnv,
  cwd: isDirectory,
  hosts: isArray,
  setup: isAnything,
  teardown: isAnything,
  setupTimeoutMs: isPositive,
  tasksMax: isCount,
};

const hookChecks: Readonly<Record<keyof Hooks, Check>> = {
  beforeAll: isFunction,
  afterAll: isFunction,
  beforeWorker: isFunction,
  afterWorker: isFunction,
  beforeTask: isFunction,
  afterTask: isFunction,
  onLoad: isFunction,
  onUnload: isFunction,
};

/** Checks everything at the door, and fills in what was left out. */
export function resolved(spec: SweepSpec): Resolved {
  checkOptions(spec, checks);
  checkOptions(spec.workers ?? {}, workerChecks);
  checkOptions(spec.hooks ?? {}, hookChecks);
  checkPlaces(spec.workers ?? {});
  if (spec.graphite) checkGraphite(spec.graphite);
  if (spec.prometheus) checkPrometheus(spec.prometheus);
  checkWork(spec);
  checkSpace(spec);
  new RetryRules(spec.retries); // says itself what it does not take
  const { verify, success = verify ? 'no-error-and-verify' : 'no-error' } = spec;
  if (success.includes('verify') && !verify) {
    throw new OptionError(`success: '${success}' needs a function "verify".`);
  }
  checkWorkers(spec);
  if (spec.existing === 'verify' && !verify) throw new OptionError('existing: \'verify\' needs a function "verify".');
  return {
    output: 'sweep-output',
    graceMs: 5000,
    onFailure: 'continue',
    ...spec,
    success,
    existing: spec.existing ?? (verify ? 'verify' : 'skip'),
  };
}

function checkWorkers({ workers = {}, join, existing, task }: SweepSpec): void {
  const { count, hosts = [], kind = 'process', memoryMb, cwd } = workers;
  if (count === 0 && hosts.length === 0) {
    throw new OptionError('A "count" of 0 leaves nobody to work: give at least 1, or name "hosts".');
  }
  if (memoryMb !== undefined && kind !== 'process') {
    throw new OptionError(`"memoryMb" needs workers of kind "process"; those of kind "${kind}" share this process.`);
  }
  if (cwd !== undefined && task !== undefined && kind !== 'process') {
    throw new OptionError(`"cwd" needs workers of kind "process"; those of kind "${kind}" share this process.`);
  }
  if (join && existing === 'overwrite') {
    throw new OptionError("A driver that joins others does not clear their folders: leave existing: 'overwrite' out.");
  }
}

function checkWork({ task, commands }: SweepSpec): void {
  if (task === undefined && commands === undefined) {
    throw new OptionError('A sweep needs something to do: a function as "task", or command templates as "commands".');
  }
  if (task !== undefined && commands !== undefined) {
    throw new OptionError('A sweep has a "task" or "commands", not both.');
  }
  if (task !== undefined) checkTarget(task);
}

/** Refuses what would be passed over without a word. */
function checkSpace(spec: SweepSpec): void {
  const { search, spaces } = spec;
  const doubled = spaces && ofOneSpace.find((name) => spec[name] !== undefined);
  if (doubled) throw new OptionError(`"${doubled}" belongs into one of the "spaces", or into each of them.`);
  const idle = search && ofNoSearch.find((name) => spec[name] !== undefined);
  if (idle) throw new OptionError(`A "search" gives its own points: leave "${idle}" out.`);
  if (search && typeof search.next !== 'function') throw new OptionError('A "search" needs a function "next".');
}
