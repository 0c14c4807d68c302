import { OptionError } from '../../base/errors.js';
import { taskNamed } from '../../sweep/commands/find-task.js';
import { Recorded } from '../../sweep/commands/recorded.js';
import { bytesOf, followed, logOf } from '../../sweep/commands/task-log.js';
import type { Task } from '../../sweep/point.js';
import { UsageError } from '../command-line.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { outputFolder } from './output-folder.js';
import { placeOf } from './place.js';
import type { Terminal } from './terminal.js';

/** Prints the log of a task, or which logs there are. */
export async function logs(given: Given, terminal: Terminal): Promise<number> {
  const recorded = new Recorded(await outputFolder(undefined, given, terminal));
  const [name] = given.args;
  if (given.has('follow') && given.has('json'))
    throw new UsageError('-f prints a log as it is written: leave out --json');
  if (name === undefined) return list(recorded, given, terminal);
  const task = taskNamed(recorded, name);
  const command = given.text('command');
  if (given.has('follow')) return follow(recorded.output, task, { command, terminal });
  const path = await logOf(recorded.output, task, command);
  if (given.has('json')) terminal.printJson(await described(recorded, task, command));
  else if (path === undefined)
    throw new OptionError(`${task.folder} has no log${command ? ` of ${command}` : ''}: it has written nothing.`);
  else for await (const chunk of bytesOf(path)) terminal.printBytes(chunk);
  return exitCodes.done;
}

async function list(recorded: Recorded, given: Given, terminal: Terminal): Promise<number> {
  if (given.has('follow'))
    throw new UsageError('-f follows one task: name it, by its folder, its id, or parameters such as lr=0.1,seed=2');
  const all: Described[] = [];
  for (const { task } of recorded.entries()) all.push(await described(recorded, task, given.text('command')));
  if (given.has('json')) terminal.printJson({ output: recorded.output, tasks: all });
  else
    for (const { folder, status, log } of all)
      terminal.print(`${status.padEnd(9)} ${folder}  ${log === null ? '(no log)' : placeOf(log)}`);
  return exitCodes.done;
}

interface Described {
  readonly id: string;
  readonly folder: string;
  readonly params: Task['point']['params'];
  readonly status: string;
  readonly log: string | null;
}

async function described(
  { output, records, peeked }: Recorded,
  task: Task,
  command: string | undefined,
): Promise<Described> {
  const { id, params } = task.point;
  const isRunning = peeked.running.some((each) => each.id === id && each.isAlive);
  const status = isRunning ? 'running' : (records.statusOf(id) ?? 'lost');
  return { id, folder: task.folder, params, status, log: (await logOf(output, task, command)) ?? null };
}

interface Following {
  readonly command: string | undefined;
  readonly terminal: Terminal;
}

async function follow(output: string, task: Task, { command, terminal }: Following): Promise<number> {
  const { dim } = terminal.errorColors;
  const onLog = (path: string): void => terminal.tell(dim(`==> ${placeOf(path)}`));
  for await (const chunk of followed({ output, task, command, signal: terminal.gone, onLog }))
    terminal.printBytes(chunk);
  return exitCodes.done;
}
