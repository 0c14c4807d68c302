import type { Params } from '../../task/value.js';
import type { SweepEntry } from '../results/entry.js';
import { Missing, type MissingTask } from '../results/missing.js';
import { shortened } from './collect.js';
import { logEnd } from './log-end.js';
import type { FailureExample, FailureGroup, ReportData } from './report-data.js';

const GROUPS_MAX = 40;
const EXAMPLES_MAX = 2; // with their logs, of each group
const LOGS_MAX = 1000; // that are read to group by
const LINE_MAX = 300;

interface Failure {
  readonly entry: SweepEntry;
  readonly missing: MissingTask;
  readonly line: string;
  readonly logEnd: readonly string[] | undefined;
}

/** Failed tasks by the last line of what they said, the largest group first. */
export function failuresIn(
  entries: readonly SweepEntry[],
  output: string | undefined,
): Pick<ReportData, 'failures' | 'failuresLeftOut'> {
  const failed = entries.filter(({ end }) => end?.status === 'failed');
  const groups = new Map<string, Failure[]>();
  [...new Missing(failed)].forEach((missing, index) => {
    const entry = failed[index];
    if (!entry) return;
    const log = index < LOGS_MAX ? logEnd(missing.log, output) : undefined;
    const failure = { entry, missing, line: lineOf(entry, missing, log), logEnd: log };
    const key = `${missing.class} ${withoutNumbers(failure.line)}`;
    const group = groups.get(key);
    if (!group) groups.set(key, [failure]);
    else group.push(group.length < EXAMPLES_MAX ? failure : { ...failure, logEnd: undefined }); // a log is kept if shown
  });
  const largest = [...groups.values()].toSorted((one, other) => other.length - one.length);
  const leftOut = largest.slice(GROUPS_MAX);
  return {
    failures: largest.slice(0, GROUPS_MAX).map(groupOf),
    failuresLeftOut: { groups: leftOut.length, tasks: leftOut.reduce((sum, { length }) => sum + length, 0) },
  };
}

/** A command that fails says why in its log; of a function the error says more. */
function lineOf(entry: SweepEntry, { error, class: failure }: MissingTask, log: readonly string[] | undefined): string {
  const isCommand = entry.end?.commands?.some(({ status }) => status === 'failed') === true;
  const lastInLog = log?.findLast((line) => line.trim() !== '');
  const isTold = failure === 'exit' || failure === 'error' || failure === 'cuda-oom';
  if (isCommand && isTold && lastInLog !== undefined) return lastInLog.trim().slice(0, LINE_MAX);
  const [firstLine = ''] = (error?.message ?? '').trim().split('\n');
  return `${error?.name ?? 'Error'}: ${firstLine}`.slice(0, LINE_MAX);
}

/** What differs from task to task: numbers, addresses, ids. */
function withoutNumbers(line: string): string {
  return line.replaceAll(/\b0x[\da-f]+|\b(?=[\da-f-]*\d)[\da-f]{8}[\da-f-]*\b|\d+(?:\.\d+)?/gi, '#');
}

function groupOf(failures: readonly Failure[]): FailureGroup {
  const [first] = failures;
  return {
    line: first?.line ?? '',
    class: first?.missing.class ?? 'error',
    count: failures.length,
    examples: failures.slice(0, EXAMPLES_MAX).map(exampleOf),
  };
}

function exampleOf({ entry, missing, logEnd: lines }: Failure): FailureExample {
  const { error, log, attempts, params } = missing;
  return {
    folder: entry.task.folder,
    params: shortenedAll(params),
    worker: [entry.end?.worker, entry.end?.host].filter((each) => each).join(' on '),
    attempt: attempts,
    error: (error?.stack ?? `${error?.name}: ${error?.message}`).split('\n').slice(0, 20).join('\n').slice(0, 4000),
    ...(log !== undefined && { log }),
    ...(lines && { logEnd: lines }),
  };
}

function shortenedAll(params: Params): Params {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, shortened(value)]));
}
