import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../fixtures/sweep-ledger-driver.js', import.meta.url));

/** A driver in a process of its own, and what it says. */
export class LedgerDriver {
  readonly child: ChildProcess;
  readonly said: string[] = [];
  readonly #ended: Promise<unknown>;

  constructor(orders: Readonly<Record<string, unknown>>, { under = [] as readonly string[] } = {}) {
    const [file = '', ...args] = [...under, process.execPath, script, JSON.stringify(orders)];
    this.child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#ended = once(this.child, 'close');
    if (this.child.stdout) createInterface({ input: this.child.stdout }).on('line', (line) => this.said.push(line));
  }

  /** Settles with the first line that begins with this; fails where it ends without. */
  async says(text: string): Promise<string> {
    for (;;) {
      const line = this.said.find((each) => each.startsWith(text));
      if (line !== undefined) return line;
      if (this.child.stdout?.closed) throw new Error(`It said ${JSON.stringify(this.said)} and not ${text}.`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async ends(): Promise<void> {
    await this.#ended;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }

  tell(): void {
    this.child.stdin?.write('\n');
  }
}
