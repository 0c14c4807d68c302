import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { settlesWithin } from '../base/deadline.js';
import { type TmpSshServer, type TmpSshServerOptions, tmpSshServer } from './tmp-ssh-server.js';

const FOREVER = Number.POSITIVE_INFINITY;

export interface SshServersOptions extends Omit<TmpSshServerOptions, 'onOutput'> {
  /** Whether those that could be started stay when others could not. */
  readonly keepsGoing: boolean;
  onOutput(host: string, text: string): void;
}

/** What came of starting servers on many hosts. A program reads it, as JSON, from the ready file. */
export interface SshServersReport {
  readonly event: 'ready' | 'partly ready' | 'failed';
  readonly servers: readonly { readonly name: string; readonly host: string; readonly port: number }[];
  readonly errors: readonly { readonly name: string; readonly code: string; readonly message: string }[];
}

/** Servers on many hosts, over ssh, all started at once. */
export class SshServers {
  readonly report: SshServersReport;
  readonly #servers: readonly TmpSshServer[];

  private constructor(servers: readonly TmpSshServer[], report: SshServersReport) {
    this.#servers = servers;
    this.report = report;
  }

  /** Resolves when each of them listens or has failed. Without `keepsGoing`, one that failed ends the others. */
  static async start(hosts: readonly string[], options: SshServersOptions): Promise<SshServers> {
    const { keepsGoing, onOutput, ...rest } = options;
    const servers: TmpSshServer[] = [];
    const errors: SshServersReport['errors'][number][] = [];
    const start = async (name: string): Promise<void> => {
      try {
        servers.push(await tmpSshServer(name, { ...rest, onOutput: (text) => onOutput(name, text) }));
      } catch (error) {
        const { code = 'ERR', message } = error as NodeJS.ErrnoException;
        errors.push({ name, code, message });
      }
    };
    await Promise.all(hosts.map(start));
    const isFailed = servers.length === 0 || (errors.length > 0 && !keepsGoing);
    if (isFailed) await Promise.all(servers.splice(0).map((server) => server.terminate()));
    servers.sort((a, b) => hosts.indexOf(a.name) - hosts.indexOf(b.name));
    return new SshServers(servers, {
      event: isFailed ? 'failed' : errors.length > 0 ? 'partly ready' : 'ready',
      servers: servers.map(({ name, port }) => ({ name, host: '127.0.0.1', port })),
      errors,
    });
  }

  /** Resolves when the last one is gone. `onGone` hears of each. */
  async ended(onGone: (name: string, why: string) => void): Promise<void> {
    const gone = this.#servers.map(async ({ name, ended }) => onGone(name, await ended));
    await settlesWithin(Promise.all(gone), FOREVER);
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.terminate()));
  }
}

/** Whole or not at all; returns how to take it away again. */
export function writeReadyFile(file: string, report: SshServersReport): () => void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(report)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return () => rmSync(file, { force: true });
}
