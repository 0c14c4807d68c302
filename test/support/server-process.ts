import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { longLived } from './long-lived.js';

const command = fileURLToPath(new URL('../../../dist/cli/pyw-server.js', import.meta.url));

export const testToken = 'a token that only these tests know';

/** The real command, in a process of its own; it ends with this one. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly host: string;
  readonly port: number;
  /** All it has logged so far. */
  log = '';

  private constructor(child: ChildProcess, address: { host: string; port: number }) {
    this.child = child;
    this.host = address.host;
    this.port = address.port;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
  }

  /** `under` comes before the command that starts it. */
  static async start(
    args: readonly string[] = [],
    env: Record<string, string> = {},
    under: readonly string[] = [],
  ): Promise<ServerProcess> {
    const node = [process.execPath, ...process.execArgv, command, '--port', '0', '--exit-with-stdin', '-v', ...args];
    const [file = '', ...rest] = [...under, ...node];
    const child = spawn(file, rest, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PYW_TOKEN: testToken, ...env },
    });
    longLived.add(child.pid ?? 0);
    child.once('exit', () => longLived.delete(child.pid ?? 0));
    const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
    return new ServerProcess(child, JSON.parse(line) as { host: string; port: number });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** Resolves with its exit code and signal. */
  get exit(): Promise<[number | null, string | null]> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return Promise.resolve([exitCode, signalCode]);
    return once(this.child, 'exit') as Promise<[number | null, string | null]>;
  }

  /** Politely, as when its starter goes. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    await this.exit;
  }
}
