import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../../dist/cli/pyw-sweep.js', import.meta.url));

const NOBODY = 65_534;

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Missing {
  readonly folder: string;
  readonly reason: string;
  readonly class: string | null;
  readonly attempts: number;
}

/** What answers as JSON have in them, of one command or another. */
export interface Answer {
  readonly event: string;
  readonly output: string;
  readonly exitCode: number;
  readonly total: number;
  readonly done: number;
  readonly skipped: number;
  readonly failures: number;
  readonly missing: readonly Missing[];
  readonly tasks: number & readonly { readonly folder: string; readonly status: string; readonly log: string | null }[];
  readonly cuts: readonly unknown[];
  readonly first: readonly { readonly folder: string }[];
  readonly workers: readonly { readonly kind: string; readonly gpus: readonly string[] }[];
  readonly resume: { readonly heldBy: { readonly pid: number } | null };
  readonly gpus: readonly { readonly id: string; readonly usedMb: number; readonly heldBy: unknown }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly best: { readonly folder: string; readonly metric: string; readonly value: unknown } | null;
  readonly stats: {
    readonly taskMs: { readonly count: number };
    readonly workers: readonly { readonly name: string }[];
  };
  readonly counts: Readonly<Record<string, number | null>>;
  readonly isRunning: boolean;
  readonly running: readonly { readonly folder: string }[];
  readonly drivers: readonly { readonly pid: number; readonly outcome: string }[];
  readonly findings: readonly { readonly what: string; readonly state: string; readonly says: string }[];
  readonly error: { readonly code: string; readonly message: string; readonly exitCode: number };
}

export interface SayOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Run by somebody else, where root can do that. */
  readonly isOther?: boolean;
}

/** A folder of its own, in which the real command is run. */
export class SweepCommand {
  readonly path = mkdtempSync(join(tmpdir(), 'pyw-sweep-cli-'));

  /** Runs it to its end, which is to come within 50 s. */
  run(args: readonly string[], options: SayOptions = {}): Promise<Said> {
    return this.start(args, options).ended;
  }

  /** Its answer as JSON; of several lines with one object each, the last one. */
  async json(args: readonly string[], options: SayOptions = {}): Promise<Answer> {
    const { stdout, stderr } = await this.run([...args.slice(0, 1), '--json', ...args.slice(1)], options);
    try {
      return JSON.parse(/^\{.*\}\n\{/.test(stdout) ? (stdout.trimEnd().split('\n').at(-1) ?? '') : stdout) as Answer;
    } catch (cause) {
      throw new Error(`pyw-sweep ${args.join(' ')} did not answer as JSON:\n${stdout}\n${stderr}`, { cause });
    }
  }

  start(args: readonly string[], { env = {}, cwd = this.path, isOther = false }: SayOptions = {}): Started {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 50_000,
      killSignal: 'SIGKILL',
      ...(isOther && process.getuid?.() === 0 && { uid: NOBODY, gid: NOBODY }),
    });
    return new Started(child);
  }

  /** How a shell starts it. */
  get line(): string {
    return `'${process.execPath}' '${bin}'`;
  }

  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  /** Everything that lies below, with sizes and times: equal if nothing was touched. */
  snapshot(): string[] {
    return readdirSync(this.path, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => {
        const { size, mtimeMs } = statSync(join(this.path, name));
        return `${name} ${size} ${mtimeMs}`;
      });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The command while it runs. */
export class Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Said>;
  stdout = '';
  stderr = '';

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }
}
