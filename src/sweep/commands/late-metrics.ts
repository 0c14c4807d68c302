import { resolve } from 'node:path';
import { scrapeLog } from '../../task/command/scrape-log.js';
import type { TaskEnd } from '../../task/record.js';
import type { Params } from '../../task/value.js';
import type { SweepEntry } from '../results/entry.js';

export interface LateMetrics {
  /** The output folder. */
  readonly output: string;
  /** Names to regular expressions. */
  readonly patterns: Readonly<Record<string, string>>;
}

/** Tasks that have ended, with metrics that nobody had thought of: what patterns find now in the logs of their last attempts. */
export function* withMetrics(
  entries: Iterable<SweepEntry>,
  { output, patterns }: LateMetrics,
): IterableIterator<SweepEntry> {
  const none = Object.fromEntries(Object.keys(patterns).map((name) => [name, null]));
  for (const { task, end } of entries) {
    if (!end) {
      yield { task };
      continue;
    }
    const logs = logsOf(end).map((log) => resolve(output, task.folder, log));
    const metrics: Params = Object.assign({}, end.metrics, none, ...logs.map((log) => found(log, patterns)));
    yield { task, end: { ...end, metrics } };
  }
}

/** Of all its commands, in their order. */
function logsOf({ commands = [], log }: TaskEnd): string[] {
  const ofCommands = commands.flatMap((command) => command.log ?? []);
  if (ofCommands.length > 0) return ofCommands;
  return log === undefined ? [] : [log];
}

function found(path: string, patterns: LateMetrics['patterns']): Params {
  try {
    return scrapeLog(path, patterns);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}; // it was removed
    throw error;
  }
}
