import { durationText } from '../../sweep/commands/duration.js';
import type { PlanReport } from '../../sweep/commands/plan-report.js';
import type { PlannedTask } from '../../sweep/commands/planned-task.js';
import type { PlannedWorker } from '../../sweep/commands/planned-workers.js';
import { linesOf } from '../../sweep/ledger/fingerprint.js';
import { textTableOf } from '../../sweep/results/text-table.js';
import { placeOf } from './place.js';
import { orphanLines } from './plan-notes.js';
import type { Terminal } from './terminal.js';

const WORKERS_SHOWN = 16;

/** A plan for people. */
export function planLines(report: PlanReport, { colors, width }: Terminal): string[] {
  const { bold, dim, yellow, red } = colors;
  const { resume, orphans } = report;
  const place = placeOf(report.output);
  return [
    `${bold(tasksText(report))} in ${place}`,
    ...report.spaces.flatMap(({ title, dimensions }) => {
      const parts = dimensions.map(
        ({ name, values, hasLoad }) => `${name}${values === null ? '' : ` ${values}`}${hasLoad ? ' (loaded)' : ''}`,
      );
      return [`  ${title === '' ? '' : `${title}: `}${parts.join(' x ')}`];
    }),
    ...report.cuts.filter(({ points }) => points > 0).map(({ rule, points }) => `  ${points} cut by ${rule}`),
    ...(report.duplicates > 0 ? [`  ${report.duplicates} left out, for they are there already`] : []),
    ...orphanLines(orphans).map((line) => yellow(`  ${line}`)),
    ...batchLines(report),
    '',
    resumeText(report),
    ...(resume.heldBy
      ? [red(`A run would be refused: process ${resume.heldBy.pid} on ${resume.heldBy.host} is at work there.`)]
      : []),
    ...(resume.changes.length > 0
      ? [red('A run would be refused, for the specification was changed:'), linesOf(resume.changes)]
      : []),
    ...(report.estimate
      ? [
          `It takes about ${durationText(report.estimate.likelyMs)} (${durationText(report.estimate.leastMs)} to ${durationText(report.estimate.mostMs)}), by what is recorded.`,
        ]
      : []),
    '',
    ...workerLines(report.workers, report.isAtMost),
    ...report.unreachable.map(({ host, why }) => red(`  ${host} cannot be had: ${why}`)),
    ...(report.first.length > 0 ? ['', ...taskTable([...report.first, ...report.last], width)] : []),
    ...(report.first.some(({ commands }) => commands.length > 0) ? ['', ...commandLines(report)] : []),
    '',
    dim('Nothing was run, and nothing was written.'),
  ];
}

function tasksText({ tasks, isComplete }: PlanReport): string {
  if (tasks === null) return 'A search: its tasks come one by one';
  return `${tasks} ${tasks === 1 ? 'task' : 'tasks'}${isComplete ? '' : ' (of a space that was looked at in part)'}`;
}

function batchLines({ batches }: PlanReport): string[] {
  if (batches.variables.length === 0) return [];
  const count = batches.count === null ? 'many' : batches.count;
  return [`  ${count} batches: tasks with the same ${batches.variables.join(', ')} are kept together`];
}

function resumeText({ tasks, resume }: PlanReport): string {
  if (tasks === null) return 'What is recorded is told to the search, and not run again.';
  const { done, stopped, again, toRun, existing } = resume;
  const parts = [
    `${toRun} to run`,
    ...(done > 0 ? [`${done} done already${existing === 'verify' ? ' (if verify agrees)' : ''}`] : []),
    ...(stopped > 0 ? [`${stopped} stopped early before`] : []),
    ...(again > 0 ? [`${again} of them again`] : []),
  ];
  const quits = existing === 'quit' && done + again > 0 ? " A run would be refused: existing is 'quit'." : '';
  return `${parts.join(', ')}.${quits}`;
}

function workerLines(workers: readonly PlannedWorker[], isAtMost: boolean): string[] {
  const head = `${isAtMost ? 'At most ' : ''}${workers.length} ${workers.length === 1 ? 'worker' : 'workers'}`;
  const isPlain = workers.every(({ host, gpus }) => host === 'here' && gpus.length === 0);
  if (isPlain) return [`${head}${workers[0] ? ` (${workers[0].kind})` : ''}, without GPUs`];
  const users = new Map<string, number>();
  for (const gpu of workers.flatMap(({ host, gpus }) => gpus.map((id) => `${host} ${id}`)))
    users.set(gpu, (users.get(gpu) ?? 0) + 1);
  const told = (host: string, gpu: string): string =>
    (users.get(`${host} ${gpu}`) ?? 0) > 1 ? `${gpu} (shared)` : gpu;
  const shown = workers.slice(0, WORKERS_SHOWN).map(({ name, host, gpus }) => {
    return `  ${name}${host === 'here' ? '' : ` on ${host}`}: ${gpus.length === 0 ? 'no GPU' : `GPU ${gpus.map((gpu) => told(host, gpu)).join(', ')}`}`;
  });
  return [head, ...shown, ...(workers.length > WORKERS_SHOWN ? [`  and ${workers.length - WORKERS_SHOWN} more`] : [])];
}

function taskTable(tasks: readonly PlannedTask[], width: number): string[] {
  const names = [...new Set(tasks.flatMap(({ params }) => Object.keys(params)))];
  const rows = tasks.map(({ index, params, folder }) => {
    return { task: index, ...Object.fromEntries(names.map((name) => [name, params[name] ?? null])), folder };
  });
  const columns = ['task', ...names, 'folder'].map((name) => {
    return { name, kind: 'parameter' as const, type: name === 'task' ? ('int' as const) : ('string' as const) };
  });
  return textTableOf({ columns, rows }, { width, maxRows: rows.length });
}

function commandLines({ first, last }: PlanReport): string[] {
  return [first.slice(0, 1), last.slice(-1)].flat().flatMap(({ index, commands }) => {
    return commands.map(({ name, line }) => `  task ${index}, ${name}: ${line}`);
  });
}
