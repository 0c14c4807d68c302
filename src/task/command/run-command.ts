import { randomUUID } from 'node:crypto';
import { closeSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandRecord } from '../record.js';
import { oomKills, recentOomKills } from '../resources/oom-kills.js';
import type { Params } from '../value.js';
import { classify, type Failure } from './classify.js';
import { type CommandLog, openLog } from './command-log.js';
import { CommandTree } from './command-tree.js';
import { LogFollower } from './follow-log.js';
import { captureMetrics, type MetricSources } from './metrics.js';
import { ProgressLines } from './progress-lines.js';
import { type Spawned, spawnCommand } from './spawn-command.js';

/** One command of a task, filled in. */
export interface Command {
  readonly name: string;
  readonly line: string;
}

export interface RunOptions extends MetricSources {
  /** The task's: where the logs go. */
  readonly folder: string;
  /** Where the commands run. Default: where this process does. */
  readonly cwd?: string;
  /** Put on top of this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends the command that runs, and all its processes; those that follow are skipped. */
  readonly signal?: AbortSignal;
  /** Milliseconds from SIGTERM to SIGKILL. Default: 5000. */
  readonly graceMs?: number;
  /** Told when a command has been started. */
  onStart?(command: { readonly name: string; readonly pid: number; readonly log: string }): void;
  /** Told when a command is done and its processes have ended. */
  onDone?(command: CommandRecord, metrics: Params | undefined): void;
  /** Given what a command says in `::progress {…}` lines, within 200 ms or so. */
  onProgress?(record: Params, command: string): void;
  /** Given all output as well, for a console: within 200 ms or so. */
  onOutput?(bytes: Uint8Array, command: string): void;
}

export interface CommandEnd {
  readonly record: CommandRecord;
  readonly failure?: Failure;
  readonly metrics?: Params;
}

const GRACE_MS = 5000;

/** Runs one command. When this resolves, no process of it is left and its log is complete. Does not reject for a command that fails. */
export async function runCommand(command: Command, options: RunOptions): Promise<CommandEnd> {
  let log: CommandLog | undefined;
  const startedAt = performance.now();
  try {
    log = openLog(options.folder, command.name);
    return await runLogged(command, { ...options, log });
  } catch (error) {
    const { name, message } = error as Error;
    const ms = Math.round(performance.now() - startedAt);
    return {
      record: { ...command, status: 'failed', ms, ...(log && { log: log.name }) },
      failure: { class: 'error', error: { name, message: `The command "${command.name}" failed: ${message}` } },
    };
  }
}

async function runLogged(command: Command, options: RunOptions & { readonly log: CommandLog }): Promise<CommandEnd> {
  const { log, folder } = options;
  const mark = randomUUID();
  const resultFile = join(folder, `.result.${randomUUID()}.json`);
  const killsBefore = recentOomKills();
  const startedAt = performance.now();
  try {
    const spawned = await startLogged(command, { options, mark, resultFile });
    const { exitCode, signal } = await endOf(spawned, { command, options, mark });
    const ms = Math.round(performance.now() - startedAt);
    const ended = {
      name: command.name,
      exitCode,
      signal,
      logPath: log.path,
      sawOomKill: () => oomKills() > killsBefore,
    };
    const failure = classify(ended);
    const isDone = !failure && !options.signal?.aborted;
    const metrics = isDone ? captureMetrics({ resultFile, log: log.path }, options) : undefined;
    const record: CommandRecord = {
      ...command,
      status: isDone ? 'done' : 'failed',
      ...(exitCode !== null && { exitCode }),
      ...(signal !== null && { signal }),
      ms,
      log: log.name,
    };
    return { record, ...(failure && { failure }), ...(metrics && { metrics }) };
  } finally {
    rmSync(resultFile, { force: true, recursive: true });
  }
}

async function startLogged(
  { line }: Command,
  { options, mark, resultFile }: { options: RunOptions & { log: CommandLog }; mark: string; resultFile: string },
): Promise<Spawned> {
  const outer = process.env.PYW_COMMAND; // a sweep within a command of a sweep: its processes belong to both
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...options.env,
    PYW_RESULT: resultFile,
    PYW_COMMAND: outer === undefined ? mark : `${outer}/${mark}`,
  };
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  try {
    return await spawnCommand({ line, cwd: options.cwd ?? process.cwd(), env, descriptor: options.log.descriptor });
  } finally {
    closeSync(options.log.descriptor); // the command has its own by now
  }
}

/** Waits for the end of the leader and sees to it that nobody is left. */
async function endOf(
  spawned: Spawned,
  { command, options, mark }: { command: Command; options: RunOptions & { log: CommandLog }; mark: string },
): Promise<Awaited<Spawned['ended']>> {
  const { signal, graceMs = GRACE_MS, log } = options;
  const tree = new CommandTree(spawned.pid, { mark, leaderGone: spawned.ended });
  const follower = follow(command.name, options);
  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending ??= tree.end(graceMs);
  };
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  try {
    options.onStart?.({ name: command.name, pid: spawned.pid, log: log.name });
    const ended = await spawned.ended;
    await ending;
    return ended;
  } finally {
    signal?.removeEventListener('abort', end);
    if (signal?.aborted) await ending;
    else await tree.endStragglers(graceMs);
    await follower?.stop();
  }
}

function follow(name: string, { onProgress, onOutput, log }: RunOptions & { log: CommandLog }): Follower | undefined {
  if (!onProgress && !onOutput) return undefined;
  const progress = onProgress && new ProgressLines((record) => onProgress(record, name));
  const follower = new LogFollower(log.path, (bytes) => {
    onOutput?.(bytes, name);
    progress?.take(bytes);
  });
  return {
    async stop() {
      await follower.stop();
      progress?.end();
    },
  };
}

interface Follower {
  stop(): Promise<void>;
}
