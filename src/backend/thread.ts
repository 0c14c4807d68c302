import { MessageChannel, Worker } from 'node:worker_threads';
import { Deferred } from '../base/deferred.js';
import type { Exit } from '../base/errors.js';
import { Channel } from '../channel/channel.js';
import { PortCarrier } from '../channel/port.js';
import { Flags } from '../protocol/flags.js';
import type { Order, Report, UrgentOrder, WorkerId } from '../protocol/messages.js';
import { depthBelow } from '../target/importing.js';
import type { Backend, HostOptions, RunningHost } from './backend.js';
import { mergedEnv, threadExecArgv } from './environment.js';
import { type HeldThread, type ThreadStart, threadMain } from './held-thread.js';
import { threadStack } from './thread-stack.js';
import { takeWarmThread } from './thread-supply.js';

export const threadBackend: Backend = {
  kind: 'thread',
  isIsolated: true,
  start: (options) => new ThreadHost(options),
};

class ThreadHost implements RunningHost {
  readonly channel: Channel<Order, Report>;
  readonly #flags = new Flags();
  readonly #thread: HeldThread;
  readonly #onRecalled: HostOptions['onRecalled'];

  constructor(options: HostOptions) {
    this.#onRecalled = options.onRecalled;
    const { port1, port2 } = new MessageChannel();
    this.channel = new Channel(new PortCarrier(port1));
    const start = { port: port2, flags: this.#flags.memory, output: options.stdio, depth: depthBelow() };
    const isSpecial = options.env || options.execArgv || options.resourceLimits;
    this.#thread =
      (isSpecial ? undefined : takeWarmThread(start, { isReused: options.reuseThread })) ??
      new OwnThread(start, options);
  }

  urge(order: UrgentOrder): void {
    const recalled = this.#flags.announce(order);
    this.channel.send(order);
    this.channel.flush(); // the host begins nothing until it has come
    if (recalled) this.#onRecalled(recalled);
  }

  /** A thread can be ended anywhere without harm to its caller, so there interrupting is ending it. */
  interrupt(): void {
    this.#thread.end();
  }

  kill(): void {
    this.#thread.end();
  }

  async exit(wasOrderly: boolean): Promise<Exit> {
    return wasOrderly ? { code: 0, signal: null } : this.#thread.gone();
  }

  outputTaken(bytes: number): void {
    this.#flags.takePendingOutput(bytes);
  }

  stack({ tid }: WorkerId): Promise<string> {
    return threadStack(tid);
  }
}

class OwnThread implements HeldThread {
  readonly #worker: Worker;
  readonly #exited = new Deferred<Exit>();

  constructor(start: ThreadStart, { name, env, execArgv = threadExecArgv(), resourceLimits }: HostOptions) {
    this.#worker = new Worker(threadMain, {
      name,
      workerData: start,
      transferList: [start.port],
      env: env ? mergedEnv(env) : undefined,
      ...(execArgv && { execArgv: [...execArgv] }),
      ...(resourceLimits && { resourceLimits }),
    });
    let error: unknown;
    this.#worker.once('error', (reason) => {
      error = reason;
    });
    this.#worker.once('exit', (code) => this.#exited.resolve({ code, signal: null, error }));
  }

  end(): void {
    void this.#worker.terminate();
  }

  gone(): Promise<Exit> {
    return this.#exited.promise;
  }
}
