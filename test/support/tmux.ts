import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';

/** Whether there is a terminal to test with. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

export interface TmuxOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A real terminal of that size that runs a shell command, on a tmux server of its own. */
export class Tmux {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pyw-tmux-'));

  constructor(command: string, { columns, rows, env = {} }: TmuxOptions) {
    const { CI: _, NO_COLOR: __, TMUX: ___, ...own } = process.env;
    const size = ['-x', String(columns), '-y', String(rows)];
    this.#tmux(
      [
        '-f',
        '/dev/null',
        'new-session',
        '-d',
        ...size,
        '-s',
        'test',
        'sh',
        '-c',
        `exec 2>&1; ${command}; exec sleep 600`,
      ],
      {
        ...own,
        LC_ALL: 'C.UTF-8',
        ...env,
      },
    );
    this.#tmux(['set-option', '-g', 'status', 'off']);
    this.resize(columns, rows);
  }

  /** What is on it, line by line, without blanks at the ends. */
  get lines(): string[] {
    return this.#capture([]);
  }

  /** Lines that were too long for it are one. */
  get joined(): string[] {
    return this.#capture(['-J']);
  }

  /** With the colours as they were written. */
  get coloured(): string[] {
    return this.#capture(['-e']);
  }

  get text(): string {
    return this.lines.join('\n');
  }

  resize(columns: number, rows: number): void {
    this.#tmux(['resize-window', '-t', 'test', '-x', String(columns), '-y', String(rows)]);
  }

  press(...keys: readonly string[]): void {
    this.#tmux(['send-keys', '-t', 'test', ...keys]);
  }

  /** Whether the cursor can be seen. */
  get hasCursor(): boolean {
    return this.#tmux(['display-message', '-p', '-t', 'test', '#{cursor_flag}']).trim() === '1';
  }

  async sees(expected: string | RegExp, timeoutMs = 15_000): Promise<void> {
    const isThere = (): boolean =>
      typeof expected === 'string' ? this.text.includes(expected) : expected.test(this.text);
    await eventually(isThere, timeoutMs).catch(() => {
      throw new Error(`${expected} is not there:\n${this.text}`);
    });
  }

  stop(): void {
    this.#tmux(['kill-server']);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #capture(options: readonly string[]): string[] {
    const text = this.#tmux(['capture-pane', '-p', '-t', 'test', ...options]);
    return text.split('\n').map((line) => line.trimEnd());
  }

  #tmux(args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
    return execFileSync('tmux', ['-u', '-S', join(this.#folder, 'socket'), ...args], {
      encoding: 'utf8',
      env,
      timeout: 10_000,
    });
  }
}
