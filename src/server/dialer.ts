import { after, type Timer } from '../base/deadline.js';
import { type Address, addressText } from '../link/address.js';
import { dial, tcpRoute } from '../link/dial.js';
import { type Log, QuietLog } from '../link/log.js';
import type { Hello, LinkOrder, LinkReport } from '../protocol/link.js';
import type { ServerLink } from './relay.js';

const CONNECT_TIMEOUT_MS = 10_000;
const AGAIN_MS_MIN = 100;
const AGAIN_MS_MAX = 10_000;

export interface DialerOptions {
  readonly to: Address;
  readonly token: string;
  hello(): Hello;
  readonly log: Log;
  onLink(link: ServerLink, peer: Hello, from: string): void;
}

/**
 * Keeps one free connection to a caller that listens: when it is taken, the next one is dialled, and when it breaks, it
 * is dialled again.
 */
export class Dialer {
  readonly #options: DialerOptions;
  readonly #quietLog: QuietLog;
  #free: ServerLink | undefined;
  #again: Timer | undefined;
  #againMs = AGAIN_MS_MIN;
  #isClosed = false;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#quietLog = new QuietLog(options.log);
    void this.#dial();
  }

  /** The free connection is not free any more. */
  next(): void {
    this.#free = undefined;
    void this.#dial();
  }

  close(): void {
    this.#isClosed = true;
    this.#again?.cancel();
  }

  async #dial(): Promise<void> {
    if (this.#isClosed) return;
    const { to, token, hello, onLink } = this.#options;
    try {
      const link = await dial<LinkReport, LinkOrder>(tcpRoute(to), {
        token,
        role: 'listener',
        hello: hello(),
        timeoutMs: CONNECT_TIMEOUT_MS,
      });
      if (this.#isClosed) return link.end();
      this.#againMs = AGAIN_MS_MIN;
      this.#free = link;
      onLink(link, await link.peer, addressText(to));
      const reason = await link.ended;
      if (this.#free === link) this.#dialAgain(reason.message);
    } catch (error) {
      this.#dialAgain((error as Error).message);
    }
  }

  #dialAgain(message: string): void {
    if (this.#isClosed) return;
    this.#quietLog.write({ level: 'warn', event: 'dialling again', message, afterMs: this.#againMs }, message);
    this.#again = after(this.#againMs, () => void this.#dial());
    this.#againMs = Math.min(this.#againMs * 2, AGAIN_MS_MAX);
  }
}
