import type { Exit } from '../base/errors.js';
import { Channel } from '../channel/channel.js';
import { memoryPair, type ServeInline } from '../channel/memory.js';
import { Flags } from '../protocol/flags.js';
import type { Order, Report, UrgentOrder } from '../protocol/messages.js';
import type { Backend, HostOptions, RunningHost } from './backend.js';

/** Runs the host in the caller's own thread: for breakpoints and for seeing everything at once. Nothing can be forced. */
export const inlineBackend: Backend = {
  kind: 'inline',
  isIsolated: false,
  start: (options) => new InlineHost(options),
};

class InlineHost implements RunningHost {
  readonly channel: Channel<Order, Report>;
  readonly #flags = new Flags();
  readonly #onRecalled: HostOptions['onRecalled'];

  constructor({ target, onRecalled }: HostOptions) {
    this.#onRecalled = onRecalled;
    const [near, far] = memoryPair();
    this.channel = new Channel(near);
    void importHost().then((serveInline) => {
      serveInline(far, { flags: this.#flags, target: typeof target === 'function' ? target : undefined });
    });
  }

  urge(order: UrgentOrder): void {
    const recalled = this.#flags.announce(order);
    this.channel.send(order);
    if (recalled) this.#onRecalled(recalled);
  }

  interrupt(): void {} // whoever runs this line is the thread that would have to be interrupted

  /** Gives the run up: what it still does goes on, but nobody hears of it. */
  kill(): void {
    this.channel.destroy();
  }

  exit(): Promise<Exit> {
    return Promise.resolve({ code: null, signal: null });
  }

  outputTaken(): void {}

  stack(): Promise<string> {
    return Promise.resolve(''); // while the caller can ask, the target is not running
  }
}

/** The host's side is loaded by its address, as for the other kinds: this side does not depend on it. */
async function importHost(): Promise<ServeInline> {
  const url = new URL('../host/inline-main.js', import.meta.url);
  const { serveInline } = (await import(url.href)) as { serveInline: ServeInline };
  return serveInline;
}
