import { resolve } from 'node:path';
import { after, type Timer } from '../base/deadline.js';
import { LinkError } from '../base/errors.js';
import { type Log, QuietLog } from '../link/log.js';
import type { Hello, RefusalCode } from '../protocol/link.js';
import { Contexts } from './contexts.js';
import type { ServerLink } from './relay.js';
import { Session } from './session.js';

const CONTEXT_GRACE_MS = 1000;

export interface SessionsOptions {
  readonly root: string | undefined;
  readonly maxWorkers: number | undefined;
  readonly idleTimeoutMs: number | undefined;
  readonly log: Log;
  /** A connection that was free has been taken. */
  onTaken(): void;
  /** Nobody was here for the idle time. */
  onIdle(): void;
}

/** The callers that a server has, however they came. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #quietLog: QuietLog;
  readonly #sessions = new Set<Session>();
  readonly #contexts = new Contexts();
  #isClosing = false;
  #idle: Timer | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#quietLog = new QuietLog(options.log);
    this.#awaitWork();
  }

  get workers(): number {
    return [...this.#sessions].filter((session) => session.isWorker).length;
  }

  admit(link: ServerLink, { caller }: Hello, from: string): void {
    const { log, root, onTaken } = this.#options;
    this.#idle?.cancel();
    const session = new Session(link, caller, {
      root: resolve(root ?? process.cwd()),
      contexts: this.#contexts,
      log: (entry) => this.#quietLog.write({ ...entry, from }, `${entry.event} ${entry.message}`),
      refusal: () => this.#refusal(),
      taken: () => {
        log({ level: 'info', event: 'started', from, workers: this.workers + 1 });
        onTaken();
      },
      endContext: (id) => this.#endContext(id),
      pulse: (one) => this.#touchAll(one.caller),
    });
    this.#sessions.add(session);
    void session.ended.then(async () => {
      this.#sessions.delete(session);
      log({ level: 'info', event: 'ended', from, workers: this.workers, why: (await link.ended).message });
      this.#awaitWork();
    });
    if (this.#isClosing) link.fail(new LinkError('The server is being stopped.', 'ERR_LINK_CLOSED'));
  }

  /** Takes no more workers, and resolves when the last one has ended. */
  async close(): Promise<void> {
    this.#stop();
    for (const session of this.#sessions) if (!session.isWorker) void session.terminate(0);
    await this.#empty();
  }

  async terminate(graceMs: number): Promise<void> {
    this.#stop();
    await Promise.all([...this.#sessions].map((session) => session.terminate(graceMs)));
    await this.#empty();
  }

  #stop(): void {
    this.#isClosing = true;
    this.#idle?.cancel();
  }

  async #empty(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.ended));
  }

  #refusal(): { code: RefusalCode; message: string } | undefined {
    const { maxWorkers = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#isClosing) return { code: 'closing', message: 'The server is being stopped and takes no more workers.' };
    if (this.workers < maxWorkers) return undefined;
    return { code: 'busy', message: `The server runs ${maxWorkers} workers already, and takes no more than that.` };
  }

  #endContext(id: string): void {
    for (const session of this.#sessions) if (session.madeFrom === id) void session.terminate(CONTEXT_GRACE_MS);
  }

  #touchAll(caller: string | undefined): void {
    for (const session of this.#sessions) if (caller !== undefined && session.caller === caller) session.touch();
  }

  #awaitWork(): void {
    const { idleTimeoutMs, log, onIdle } = this.#options;
    if (idleTimeoutMs === undefined || this.#sessions.size > 0 || this.#isClosing) return;
    this.#idle?.cancel();
    this.#idle = after(idleTimeoutMs, () => {
      log({ level: 'info', event: 'idle', afterMs: idleTimeoutMs });
      onIdle();
    });
  }
}
