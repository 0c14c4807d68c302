import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { settlesWithin } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import type { Exit } from '../base/errors.js';
import { killTree } from '../base/kill-tree.js';
import { signalGroup } from '../base/process-tree.js';
import { Channel } from '../channel/channel.js';
import { StreamCarrier } from '../channel/stream.js';
import {
  CHANNEL_FD,
  CONTROL_FD,
  type Control,
  DEPTH_VARIABLE,
  lineOf,
  lineReader,
  type StackAnswer,
} from '../protocol/control.js';
import type { Order, Report } from '../protocol/messages.js';
import { depthBelow } from '../target/importing.js';
import type { Backend, HostOptions, ResourceLimits, RunningHost } from './backend.js';
import { mergedEnv, processExecArgv } from './environment.js';

const processMain = fileURLToPath(new URL('../host/process-main.js', import.meta.url));
const DRAIN_MS = 1000; // a pipe can be held open by a process that left the tree
const STACK_MS = 2000;

export const processBackend: Backend = {
  kind: 'process',
  isIsolated: true,
  start: (options) => new ProcessHost(options),
};

class ProcessHost implements RunningHost {
  readonly channel: Channel<Order, Report>;
  readonly #child: ChildProcess;
  readonly #control: Duplex;
  readonly #exited = new Deferred<Exit>();
  readonly #outputEnded: Promise<unknown>;
  #killed: Promise<void> | undefined;
  #stackWanted: Deferred<string> | undefined;

  constructor(options: HostOptions) {
    this.#child = startChild(options);
    this.channel = new Channel(new StreamCarrier(this.#child.stdio[CHANNEL_FD] as unknown as Duplex));
    this.#control = this.#child.stdio[CONTROL_FD] as unknown as Duplex;
    this.#control.on('error', () => {}); // the process is gone: its exit says so
    this.#control.on(
      'data',
      lineReader<StackAnswer>(({ stack }) => this.#stackWanted?.resolve(stack)),
    );
    this.#outputEnded = Promise.all([this.#drain('stdout', options), this.#drain('stderr', options)]);
    this.#child.once('error', (error) => this.#exited.resolve({ code: null, signal: null, error }));
    this.#child.once('exit', (code, signal) => {
      if (this.#child.pid) signalGroup(this.#child.pid, 'SIGKILL'); // whatever it left behind in its group
      this.#exited.resolve({ code, signal });
    });
  }

  urge(order: Extract<Order, { type: 'terminate' | 'cancel' }>): void {
    this.#tell(order);
  }

  interrupt(id?: number): void {
    this.#tell({ type: 'interrupt', id });
  }

  kill(): void {
    if (this.#child.pid) this.#killed ??= killTree(this.#child.pid, this.#exited.promise);
  }

  async exit(): Promise<Exit> {
    const exit = await this.#exited.promise;
    await this.#killed;
    await settlesWithin(this.#outputEnded, DRAIN_MS);
    this.#control.destroy();
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.destroy();
    return exit;
  }

  outputTaken(): void {} // pipes have a back-pressure of their own

  async stack(): Promise<string> {
    this.#stackWanted ??= new Deferred();
    const { promise } = this.#stackWanted;
    this.#tell({ type: 'stack' });
    const isThere = await settlesWithin(Promise.race([promise, this.#exited.promise]), STACK_MS);
    this.#stackWanted = undefined;
    return isThere ? Promise.race([promise, '']) : '';
  }

  #tell(message: Control): void {
    if (this.#control.writable) this.#control.write(lineOf(message));
  }

  /** Reads to the end whether anybody listens or not: a child must never wait for its reader. */
  #drain(name: 'stdout' | 'stderr', { onOutput }: HostOptions): Promise<void> | undefined {
    const stream = this.#child[name];
    if (!stream) return undefined;
    stream.on('data', (chunk: Buffer) => onOutput(name, chunk));
    stream.on('error', () => {});
    return new Promise((resolve) => stream.once('close', resolve));
  }
}

function startChild({ env, execArgv, resourceLimits, stdio }: HostOptions): ChildProcess {
  const file = typeof stdio === 'object' ? openSync(stdio.file, 'a') : undefined;
  const output = file ?? (stdio as 'inherit' | 'pipe' | 'ignore');
  try {
    const args = [...(execArgv ?? processExecArgv()), ...limitFlags(resourceLimits), processMain];
    return spawn(process.execPath, args, {
      stdio: ['ignore', output, output, 'pipe', 'pipe'],
      env: mergedEnv({ ...env, [DEPTH_VARIABLE]: String(depthBelow()) }),
      detached: process.platform !== 'win32', // a group of its own, so that all of it can be signalled
      windowsHide: true,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
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
