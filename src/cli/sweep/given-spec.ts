import { isRecord } from '../../base/checks.js';
import { templateOf } from '../../sweep/commands/inline-command.js';
import { variablesFrom } from '../../sweep/commands/inline-variables.js';
import { runnerGpus } from '../../sweep/config/runner/runner-gpus.js';
import { gpusFrom, gpusTaken } from '../../sweep/run/gpus-from.js';
import type { SweepSpec, WorkersOptions } from '../../sweep/run/spec.js';
import { UsageError } from '../command-line.js';
import { filteredBy } from './filtered.js';
import type { Given } from './given.js';

/** What the flags say, to go before everything else. `file`: what they add to. */
export function specOf(given: Given, file: SweepSpec): SweepSpec {
  const workers = workersOf(given, file);
  return {
    ...workOf(given),
    ...pointsOf(given, file),
    ...howOf(given),
    ...(Object.keys(workers).length > 0 && { workers }),
    ...(given.has('debug') && debugged(given, { file, workers })),
    ...(given.has('json') && { print: 'log' as const }), // what tasks print would stand among the objects
  };
}

function workOf(given: Given): SweepSpec {
  const { rest } = given;
  if (rest?.length === 0) throw new UsageError('nothing stands behind --');
  const only = given.list('command');
  const metrics = metricsOf(given);
  return {
    ...(rest && { commands: { command: templateOf(rest) } }),
    ...(only.length > 0 && { only }),
    ...(metrics && { metrics }),
  };
}

function metricsOf(given: Given): SweepSpec['metrics'] {
  const texts = given.texts('metric');
  return texts.length === 1 && texts[0] === 'json-lines' ? 'json-lines' : patternsOf(texts);
}

/** What `--metric name=regex` says, each time that it is given. */
export function patternsOf(texts: readonly string[]): Readonly<Record<string, string>> | undefined {
  const pairs = texts.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--metric takes name=regex, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

function pointsOf(given: Given, file: SweepSpec): SweepSpec {
  const params = variablesFrom(given.texts('param'));
  const filters = given.texts('filter');
  const count = given.wholeNumber('sample');
  const seed = given.wholeNumber('seed');
  const limit = given.wholeNumber('limit');
  const shard = given.text('shard');
  if (seed !== undefined && count === undefined && !file.sample) throw new UsageError('--seed goes with --sample');
  if (Object.keys(params).length > 0 && (file.spaces || file.points || file.search)) {
    throw new UsageError(
      '-p adds to the variables of a sweep file, and this one has spaces, points or a search instead',
    );
  }
  if (filters.length > 0 && file.search) throw new UsageError('--filter cuts a plan, and a search has none');
  const chosen = Object.keys(params).length > 0 && { variables: { ...file.variables, ...params } };
  return {
    ...chosen,
    ...(filters.length > 0 && filteredBy(filters, { ...file, ...chosen })),
    ...(count !== undefined && { sample: { count, ...(seed !== undefined && { seed }) } }),
    ...(count === undefined && seed !== undefined && file.sample && { sample: { ...file.sample, seed } }),
    ...(limit !== undefined && { limit }),
    ...(shard !== undefined && { shard }),
    ...(given.has('no-subdir') && { folders: 'flat' as const }),
  };
}

function howOf(given: Given): SweepSpec {
  const output = given.text('output');
  const timeoutMs = given.ms('timeout');
  const retries = given.wholeNumber('retries');
  const maxFailures = given.wholeNumber('max-failures');
  const existing = given.text('existing') as SweepSpec['existing']; // one of its choices: the parser has seen to it
  const print = given.text('print') as SweepSpec['print']; // one of its choices, too
  if (existing !== undefined && given.has('force'))
    throw new UsageError('--force is --existing overwrite: give one of the two');
  return {
    ...(output !== undefined && { output }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(retries !== undefined && { retries }),
    ...(maxFailures !== undefined && { maxFailures }),
    ...(existing !== undefined && { existing }),
    ...(given.has('force') && { existing: 'overwrite' as const }),
    ...(given.has('accept-changes') && { changed: 'accept' as const }),
    ...switched(given, 'join'),
    ...switched(given, 'canary'),
    ...(print !== undefined && { print }),
  };
}

/** On, off, or as it was. */
function switched(given: Given, name: 'join' | 'canary'): SweepSpec {
  if (given.has(name)) return { [name]: true };
  return given.has(`no-${name}`) ? { [name]: false } : {};
}

function workersOf(given: Given, file: SweepSpec): WorkersOptions {
  const count = workerCount(given);
  const kind = given.text('kind') as WorkersOptions['kind']; // one of its choices
  const gpus = given.text('gpus');
  const slots = given.texts('resource');
  const hosts = given.list('hosts');
  const cpus = given.wholeNumber('cpus');
  const memoryMb = given.number('memory');
  if (gpus !== undefined && slots.length > 0)
    throw new UsageError('--gpus and --resource say the same thing: give one of the two');
  return {
    ...(count !== undefined && { count }),
    ...(kind !== undefined && { kind }),
    ...(gpus !== undefined && { gpus: gpusOf(gpus) }),
    ...(slots.length > 0 && { gpus: areTaken(file) ? runnerGpus(slots).gpus : slots }),
    ...(cpus !== undefined && { cpus }),
    ...(memoryMb !== undefined && { memoryMb }),
    ...(hosts.length > 0 && { hosts }),
  };
}

function workerCount(given: Given): WorkersOptions['count'] {
  const text = given.text('workers');
  if (text === undefined || text === 'auto') return text;
  const count = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(count) && count >= 0) return count;
  throw new UsageError(`--workers takes a whole number, or auto, not "${text}"`);
}

/** In a file of runner's, resources are taken to be there where no GPU is found. */
function areTaken({ workers }: SweepSpec): boolean {
  return isRecord(workers?.gpus) && workers.gpus.missing === 'take';
}

function gpusOf(text: string): NonNullable<WorkersOptions['gpus']> {
  const gpus = gpusFrom(text.trim());
  if (gpus === undefined) throw new UsageError(`--gpus takes ${gpusTaken}, not "${text}"`);
  return gpus;
}

/** In a folder of its own, so that trying a command out again and again leaves the records of the sweep alone. */
function debugged(given: Given, { file, workers }: { file: SweepSpec; workers: WorkersOptions }): SweepSpec {
  const output = given.text('output') ?? (process.env.PYW_OUTPUT || file.output || 'sweep-output');
  return {
    output: `${output}-debug`,
    limit: 1,
    existing: 'overwrite',
    print: 'console',
    retries: 0,
    canary: false,
    workers: { ...workers, count: 1, hosts: [] },
  };
}
