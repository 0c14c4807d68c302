import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type { Layout } from './layout.js';
import type { Owner } from './owner.js';
import { writeWhole } from './whole-file.js';

export interface StartInfo {
  /** The sweep's file, as it was read; a copy is kept. */
  readonly configuration?: { readonly name: string; readonly text: string };
  /** How many are planned. */
  readonly tasks?: number;
  /** How the program was started; `process.argv` if not given. */
  readonly argv?: readonly string[];
}

/** Writes how a driver was started: what one wants to know of results a year later. Secrets are left out. */
export function writeStart(layout: Layout, owner: Owner, info: StartInfo): Record<string, unknown> {
  const { configuration, tasks } = info;
  const copy = configuration && `${owner.driver}.${basename(configuration.name).replaceAll(/[^\w.-]/g, '_')}`;
  const unnamed = layout.unnamed(owner.driver);
  if (configuration) writeWhole(`${layout.starts}/${copy}`, configuration.text, unnamed);
  const start = {
    driver: owner.driver,
    startedAt: new Date(owner.since).toISOString(),
    host: owner.host,
    pid: owner.pid,
    argv: withoutSecrets(info.argv ?? process.argv),
    folder: process.cwd(),
    ...(copy && { configuration: copy }),
    ...(tasks !== undefined && { tasks }),
    versions: { node: process.versions.node, pyworkers: ownVersion() },
    platform: `${process.platform} ${process.arch}`,
    environment: chosenEnvironment(process.env),
  };
  write(layout, owner, start);
  return start;
}

/** Adds the commit that is checked out, and whether tracked files differ from it. Says nothing where there is no git. */
export async function addGit(layout: Layout, owner: Owner, start: Record<string, unknown>): Promise<void> {
  try {
    const [commit, changes] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=no'),
    ]);
    write(layout, owner, { ...start, git: { commit: commit.trim(), isDirty: changes !== '' } });
  } catch {
    // no git, or no repository: the start is recorded without
  }
}

/** All names, and the values of those that decide how a task computes. */
export function chosenEnvironment(env: NodeJS.ProcessEnv): { values: Record<string, string>; names: string[] } {
  const values: Record<string, string> = {};
  const names: string[] = [];
  for (const [name, value] of Object.entries(env).sort()) {
    if (telling.test(name) && !secret.test(name)) values[name] = value ?? '';
    else names.push(name);
  }
  return { values, names };
}

const telling =
  /^(CUDA|NVIDIA|ROCR|HIP|HSA|OMP|MKL|OPENBLAS|NCCL|PYTORCH|TORCH|SLURM|PYW)_|^(CONDA_DEFAULT_ENV|VIRTUAL_ENV|PYTHONHASHSEED)$/;
const secret = /token|secret|passw|credential|api[-_]?key|private/i;

/** `--token x` and `--token=x`: what follows is nobody's business. */
export function withoutSecrets(argv: readonly string[]): string[] {
  return argv.map((word, at) => {
    const [name = '', ...value] = word.split('=');
    if (name.startsWith('-') && secret.test(name)) return value.length > 0 ? `${name}=***` : word;
    const before = argv[at - 1] ?? '';
    const isHidden = before.startsWith('-') && !before.includes('=') && secret.test(before) && !word.startsWith('-');
    return isHidden ? '***' : word;
  });
}

function write(layout: Layout, owner: Owner, start: Record<string, unknown>): void {
  const text = `${JSON.stringify(start, undefined, 2)}\n`;
  writeWhole(`${layout.starts}/${owner.driver}.json`, text, layout.unnamed(owner.driver));
}

const execute = promisify(execFile);

async function git(...args: string[]): Promise<string> {
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' }; // only looks
  return (await execute('git', args, { timeout: 5000, env })).stdout;
}

function ownVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return String(JSON.parse(readFileSync(file, 'utf8')).version);
}
