import type { Context } from '../host/context.js';
import { timeStamp } from './command/command-log.js';
import { runCommands } from './command/run-commands.js';
import { fillTemplate, parseTemplate, type TemplateValues } from './command/template.js';
import { ChildrenCpuTime } from './cpu-time.js';
import type { Assignment, CommandNews, Preparation, TaskReport, Work } from './order.js';
import type { Folder } from './task-folder.js';

interface Surroundings {
  readonly work: Extract<Work, { type: 'commands' }>;
  readonly preparation: Preparation;
  readonly folder: Folder;
  readonly call: Context;
}

/** Runs a task's commands. Rejects only when the task was asked to stop; by then none of its processes is left. */
export async function performCommands(
  task: Assignment,
  { work, preparation, folder, call }: Surroundings,
): Promise<TaskReport> {
  const values = { params: task.params, texts: task.texts, reserved: reservedOf(task, folder) };
  const chosen = work.commands.filter(({ name }) => task.only?.includes(name) ?? true);
  const commands = chosen.map(({ name, template }) => ({
    name,
    line: fillTemplate(parseTemplate(template), values),
  }));
  const isAloud = preparation.output !== 'log';
  const cpu = call.kind === 'process' || call.kind === 'remote' ? new ChildrenCpuTime() : undefined;
  const {
    status,
    class: failure,
    error,
    result,
    commands: records,
  } = await runCommands(commands, {
    folder: folder.path,
    ...around(preparation),
    ...(work.metrics && { metrics: work.metrics }),
    ...(work.jsonLines && { jsonLines: true }),
    signal: call.signal,
    graceMs: work.graceMs,
    onDone: (command, metrics = {}) => {
      if (command.name !== commands.at(-1)?.name) call.progress(['command', command, metrics] satisfies CommandNews);
    },
    ...(work.follow && { onProgress: (told) => call.progress(told) }),
    ...(isAloud && { onOutput: (bytes) => void process.stdout.write(bytes) }),
  });
  if (status === 'cancelled') throw call.signal.reason;
  const last = records.findLast(({ log }) => log !== undefined);
  const cpuMs = cpu?.read();
  return {
    ...(result && { result }),
    ...(failure && { class: failure }),
    ...(error && { error }),
    ...(last?.log !== undefined && { log: last.log }),
    ...(cpuMs !== undefined && { cpuMs }),
    commands: records,
  };
}

function around({ surroundings: { cwd, env } = {} }: Preparation): { cwd?: string; env?: NodeJS.ProcessEnv } {
  const changes = Object.entries(env ?? {}).map(([name, value]) => [name, value ?? undefined]);
  return { ...(cwd !== undefined && { cwd }), ...(env && { env: Object.fromEntries(changes) }) };
}

function reservedOf({ id, name }: Assignment, folder: Folder): TemplateValues['reserved'] {
  return { _id: id, _name: name.replaceAll('/', '-'), _output: folder.path, _time: timeStamp(new Date()) };
}
