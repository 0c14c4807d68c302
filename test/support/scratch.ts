import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with files of its own, in which this package (and tsx) can be imported. It is gone after the suite. */
export class Scratch {
  readonly path = mkdtempSync(join(tmpdir(), 'pyworkers-test-'));

  constructor(files: Readonly<Record<string, string>>) {
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    const tsx = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
    for (const [name, source] of Object.entries(files)) this.write(name, source);
    mkdirSync(join(this.path, 'node_modules'), { recursive: true });
    symlinkSync(root, join(this.path, 'node_modules', 'pyworkers'));
    symlinkSync(tsx, join(this.path, 'node_modules', 'tsx'));
  }

  write(name: string, source: string): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, source);
  }

  url(name: string): URL {
    return pathToFileURL(join(this.path, name));
  }

  async import(name: string): Promise<Record<string, Record<string, unknown>>> {
    return (await import(this.url(name).href)) as Record<string, Record<string, unknown>>;
  }

  /** Runs Node in the folder. Never rejects; a script that hangs ends by SIGKILL. */
  run(args: readonly string[], { input = '', timeoutMs = 20_000 } = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        args,
        { cwd: this.path, timeout: timeoutMs, killSignal: 'SIGKILL', env: { ...process.env, NODE_OPTIONS: '' } },
        (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      );
      child.stdin?.end(input);
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
