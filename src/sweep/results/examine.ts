import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { type Checks, checkOptions, isAnything, isArray, isCount, isRecord, isString } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Params } from '../../task/value.js';
import type { SweepEntry, TableOptions } from './entry.js';
import { type Extract, type Extractor, extractorOf, type TaskLog } from './extract.js';
import { linesOf } from './lines.js';
import { SweepResults } from './sweep-results.js';
import { foldersWithLogs, latestLog } from './task-logs.js';
import { tidy } from './tidy.js';

export interface ExamineOptions extends TableOptions {
  /** Whose logs are read. Default: the newest log of each folder, whosever it is. */
  readonly command?: string;
  /** How many folders at a time. Default 8. */
  readonly concurrency?: number;
  /** The tasks of the sweep, where they are known: their rows keep results and the order of the plan. */
  readonly tasks?: Iterable<SweepEntry>;
  /** A file in each folder that holds its parameters as JSON, as a sweep writes it or plain. Default `params.json`. */
  readonly paramsFile?: string;
}

const checks: Checks = {
  command: isString,
  concurrency: isCount,
  tasks: isAnything,
  paramsFile: isString,
  include: isArray,
  meta: isArray,
};

/**
 * Looks for metrics in the logs of a sweep that has run: in every folder below `output` that has a log, or in the folders given. A
 * folder whose log tells nothing has a row with `null`. Memory is bounded, however long the logs are. The table's metrics are
 * what was found; without `tasks`, `task.folder` says where.
 */
export async function examine(
  output: string | Iterable<string>,
  extract: Extract,
  options: ExamineOptions = {},
): Promise<SweepResults> {
  checkOptions(options, checks);
  const extractor = extractorOf(extract);
  const { command, concurrency = 8, tasks, paramsFile = 'params.json', ...table } = options;
  if (tasks && typeof output !== 'string') {
    throw new OptionError('examine() with "tasks" takes the output folder of the sweep, not a list of folders.');
  }
  const root = typeof output === 'string' ? resolve(output) : '';
  const known = tasks ? [...tasks] : await entriesIn(output, paramsFile);
  const entries = await mapBounded(known, concurrency, (entry) =>
    withMetrics(entry, { folder: resolve(root, entry.task.folder), command, extractor }),
  );
  return SweepResults.of(entries, tasks ? table : { meta: ['folder'], ...table });
}

async function withMetrics(
  { task, end }: SweepEntry,
  { folder, command, extractor }: { folder: string; command: string | undefined; extractor: Extractor },
): Promise<SweepEntry> {
  if (!end) return { task };
  const recorded = end.commands?.findLast(({ name, log }) => log !== undefined && (command ?? name) === name)?.log;
  const path = recorded === undefined ? await latestLog(command, folder) : resolve(folder, recorded);
  const log: TaskLog = {
    folder,
    path,
    params: task.point.params,
    lines: () => linesOf(path),
    latestLog: (other) => latestLog(other, folder),
  };
  try {
    return { task, end: { ...end, metrics: { ...end.metrics, ...(await extractor(log)) } } };
  } catch (error) {
    throw new Error(`No metrics could be taken from ${path ?? folder}: ${String(error)}`, { cause: error });
  }
}

/** Folders of which nothing is known but what lies in them. They count as done. */
async function entriesIn(output: string | Iterable<string>, paramsFile: string): Promise<SweepEntry[]> {
  const root = typeof output === 'string' ? resolve(output) : '';
  const folders = typeof output === 'string' ? await foldersWithLogs(root) : [...output].map((each) => resolve(each));
  const named = (folder: string): string => (root === '' ? folder : relative(root, folder).split(sep).join('/'));
  return mapBounded(folders, 8, async (folder, index): Promise<SweepEntry> => {
    const params = await paramsIn(join(folder, paramsFile));
    const point = { id: named(folder), title: '', params, choices: [], texts: {} };
    const end = { id: point.id, attempt: 1, status: 'done', startedAt: 0, endedAt: 0, worker: '', host: '', gpus: [] };
    return { task: { index, point, folder: named(folder) }, end: { ...end, status: 'done' } };
  });
}

async function paramsIn(path: string): Promise<Params> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isRecord(parsed))
      return tidied(isRecord(parsed.params) && typeof parsed.id === 'string' ? parsed.params : parsed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`The parameters in ${path} could not be read: ${String(error)}`, { cause: error });
  }
  throw new Error(`${path} holds no parameters: a JSON object is expected. Name another file in "paramsFile".`);
}

function tidied(record: Readonly<Record<string, unknown>>): Params {
  return Object.fromEntries(Object.entries(record).map(([name, each]) => [name, tidy(each)]));
}

/** In order, so many at a time. The first error ends it. */
async function mapBounded<T, R>(
  items: readonly T[],
  atATime: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const done = new Map<number, R>();
  const queue = items.entries();
  const one = async (): Promise<void> => {
    for (const [index, item] of queue) done.set(index, await work(item, index));
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, one));
  return items.flatMap((_, index) => (done.has(index) ? [done.get(index) as R] : [])); // all are there
}
