import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import type { Duplex, Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { settlesWithin } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import type { Exit } from '../base/errors.js';
import { killLeftBehind, killMarked, killTree } from '../base/kill-tree.js';
import {
  CONTROL_FD,
  type Control,
  type ControlAnswer,
  DEPTH_VARIABLE,
  lineOf,
  lineReader,
  MARK_VARIABLE,
  ORDERS_FD,
  REPORTS_FD,
} from '../protocol/control.js';
import type { Recalled, ResourceLimits } from '../protocol/messages.js';
import type { Stdio } from './backend.js';
import { mergedEnv, processExecArgv } from './environment.js';

const processMain = fileURLToPath(new URL('../host/process-main.js', import.meta.url));
const DRAIN_MS = 1000; // a pipe can be held open by a process that left the tree
const STACK_MS = 2000;

export interface ChildOptions {
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly stdio: Stdio;
  /** How many workers have started one another, this one included. */
  readonly depth: number;
  onRecalled(recalled: Recalled): void;
}

/** A process that is a host, for whoever has started it: its pipes, how it is told things, how it ends. */
export class ChildHost {
  /** What the host says, and what it is told: the two halves of the conversation. */
  readonly reports: Readable;
  readonly orders: Writable;
  readonly #child: ChildProcess;
  readonly #control: Duplex;
  readonly #exited = new Deferred<Exit>();
  readonly #outputEnded: Promise<unknown>;
  #killed: Promise<void> | undefined;
  #leftBehind: Promise<void> | undefined;
  #stackWanted: Deferred<string> | undefined;

  constructor(options: ChildOptions) {
    const mark = randomUUID();
    this.#child = startChild(options, mark);
    const pipes = this.#child.stdio as unknown as readonly Duplex[];
    this.reports = pipes[REPORTS_FD] as Readable;
    this.orders = pipes[ORDERS_FD] as Writable;
    this.orders.on('error', () => {}); // nobody reads it any more: the exit says so
    this.#control = pipes[CONTROL_FD] as Duplex;
    this.#control.on('error', () => {}); // the process is gone: its exit says so
    this.#control.on(
      'data',
      lineReader<ControlAnswer>((answer) => {
        if (answer.type === 'stack') this.#stackWanted?.resolve(answer.stack);
        else options.onRecalled(answer);
      }),
    );
    this.#outputEnded = Promise.all([closed(this.stdout), closed(this.stderr)]);
    this.#child.once('error', (error) => this.#exited.resolve({ code: null, signal: null, error }));
    this.#child.once('exit', (code, signal) => {
      const { pid } = this.#child;
      if (pid) this.#leftBehind = code === 0 ? killLeftBehind(pid) : killAllOf(pid, mark);
      this.#exited.resolve({ code, signal });
    });
  }

  /** Who listens has to read them to their end: a child must never wait for its reader. */
  get stdout(): Readable | null {
    return this.#child.stdout;
  }

  get stderr(): Readable | null {
    return this.#child.stderr;
  }

  /** Gets through although the target blocks. */
  tell(message: Control): void {
    if (this.#control.writable) this.#control.write(lineOf(message));
  }

  /** Ends the process and all it started, whatever they do. */
  kill(): void {
    if (this.#child.pid) this.#killed ??= killTree(this.#child.pid, this.#exited.promise);
  }

  /** Resolves when the process is gone with what it left in its group, and what it wrote has been read. Never rejects. */
  async exit(): Promise<Exit> {
    const exit = await this.#exited.promise;
    await this.#killed;
    await this.#leftBehind;
    await settlesWithin(this.#outputEnded, DRAIN_MS);
    this.#control.destroy();
    this.orders.destroy();
    this.stdout?.destroy();
    this.stderr?.destroy();
    return exit;
  }

  /** Where the target is right now; empty when nobody can tell. */
  async stack(): Promise<string> {
    this.#stackWanted ??= new Deferred();
    const { promise } = this.#stackWanted;
    this.tell({ type: 'stack' });
    const isThere = await settlesWithin(Promise.race([promise, this.#exited.promise]), STACK_MS);
    this.#stackWanted = undefined;
    return isThere ? Promise.race([promise, '']) : '';
  }
}

/** It could not see to those any more that it had started apart from itself, such as a command of a task. */
async function killAllOf(pid: number, mark: string): Promise<void> {
  await Promise.all([killLeftBehind(pid), killMarked(mark, pid)]);
}

function startChild({ env, execArgv, resourceLimits, stdio, depth }: ChildOptions, mark: string): ChildProcess {
  const file = typeof stdio === 'object' ? openSync(stdio.file, 'a') : undefined;
  const output = file ?? (stdio as 'inherit' | 'pipe' | 'ignore');
  try {
    const args = [...(execArgv ?? processExecArgv()), ...limitFlags(resourceLimits), processMain];
    return spawn(process.execPath, args, {
      stdio: ['ignore', output, output, 'pipe', 'pipe', 'pipe'],
      env: mergedEnv({ ...env, [DEPTH_VARIABLE]: String(depth), [MARK_VARIABLE]: withMark(mark) }),
      detached: process.platform !== 'win32', // a group of its own, so that all of it can be signalled
      windowsHide: true,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** A worker within a worker belongs to both. */
function withMark(mark: string): string {
  const outer = process.env[MARK_VARIABLE];
  return outer === undefined ? mark : `${outer}/${mark}`;
}

function limitFlags({ maxOldGenerationSizeMb, maxYoungGenerationSizeMb, stackSizeMb }: ResourceLimits = {}): string[] {
  return [
    ...(maxOldGenerationSizeMb ? [`--max-old-space-size=${maxOldGenerationSizeMb}`] : []),
    ...(maxYoungGenerationSizeMb
      ? [`--max-semi-space-size=${Math.max(1, Math.floor(maxYoungGenerationSizeMb / 3))}`]
      : []),
    ...(stackSizeMb ? [`--stack-size=${Math.floor(stackSizeMb * 1024)}`] : []),
  ];
}

function closed(stream: Readable | null): Promise<unknown> | undefined {
  stream?.on('error', () => {});
  return stream ? new Promise((resolve) => stream.once('close', resolve)) : undefined;
}
