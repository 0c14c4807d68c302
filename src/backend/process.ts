import type { Exit } from '../base/errors.js';
import { Channel } from '../channel/channel.js';
import { StreamCarrier } from '../channel/stream.js';
import type { Order, Report, UrgentOrder } from '../protocol/messages.js';
import { depthBelow } from '../target/importing.js';
import type { Backend, HostOptions, RunningHost } from './backend.js';
import { ChildHost } from './child-host.js';

export const processBackend: Backend = {
  kind: 'process',
  isIsolated: true,
  start: (options) => new ProcessHost(options),
};

class ProcessHost implements RunningHost {
  readonly channel: Channel<Order, Report>;
  readonly #child: ChildHost;

  constructor(options: HostOptions) {
    this.#child = new ChildHost({ ...options, depth: depthBelow() });
    this.channel = new Channel(new StreamCarrier(this.#child.reports, this.#child.orders));
    this.#child.stdout?.on('data', (chunk: Buffer) => options.onOutput('stdout', chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => options.onOutput('stderr', chunk));
  }

  urge(order: UrgentOrder): void {
    this.#child.tell(order);
  }

  interrupt(id?: number): void {
    this.#child.tell({ type: 'interrupt', id });
  }

  kill(): void {
    this.#child.kill();
  }

  exit(): Promise<Exit> {
    return this.#child.exit();
  }

  outputTaken(): void {} // pipes have a back-pressure of their own

  stack(): Promise<string> {
    return this.#child.stack();
  }
}
