import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { startOf } from './shell.js';

export interface SpawnOptions {
  readonly line: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where its output goes, both stdout and stderr, without passing through here. */
  readonly descriptor: number;
}

/** A command that has been started: the leader of a group of its own, with nothing to read on stdin. */
export interface Spawned {
  readonly pid: number;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly signal: string | null }>;
}

/** Rejects with what kept it from being started, and what to do. */
export async function spawnCommand(options: SpawnOptions): Promise<Spawned> {
  const { line, cwd, env, descriptor } = options;
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`There is no folder ${cwd} to run in.`);
  const { file, argv0, args } = startOf(line, env, cwd);
  const whatKeptIt = (error: unknown): Error => explain(error as NodeJS.ErrnoException, { line, file });
  let child: ChildProcess;
  try {
    child = spawn(file, args, { argv0, cwd, env, detached: true, stdio: ['ignore', descriptor, descriptor] });
  } catch (error) {
    throw whatKeptIt(error);
  }
  const { pid } = child;
  if (pid === undefined) throw whatKeptIt(await new Promise((resolve) => child.once('error', resolve)));
  const ended = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  return { pid, ended };
}

function explain(error: NodeJS.ErrnoException, { line, file }: { line: string; file: string }): Error {
  const bytes = Buffer.byteLength(line);
  const start = `The command cannot be started (${error.code ?? error.message}): `;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: `there is no ${file}. Install it, or put it on the PATH.`,
    EACCES: `${file} may not be run.`,
    E2BIG: `it has ${bytes} bytes, and with the environment that is more than the system takes (128 KB for one line on Linux). Write long values to a file.`,
    EAGAIN: 'there are as many processes as this user may have (ulimit -u). Use fewer workers.',
    EMFILE: 'this worker has as many files open as it may (ulimit -n).',
    ENFILE: 'the system has as many files open as it can.',
    ENOMEM: 'there is no memory left to start a process.',
  };
  return new Error(start + (reasons[error.code ?? ''] ?? error.message), { cause: error });
}
