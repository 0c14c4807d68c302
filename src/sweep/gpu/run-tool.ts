import { type ChildProcess, spawn } from 'node:child_process';
import { signalGroup } from '../../base/process-tree.js';
import { GpuError } from './gpu-error.js';

const OUTPUT_MAX = 4 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

export interface ToolAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where the tool is looked for (`PATH`), and what it is given. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly timeoutMs?: number | undefined;
  /** Becomes descriptor 3 of the tool. */
  readonly descriptor?: number | undefined;
}

/**
 * Runs a small tool; `undefined` where there is none of that name. A tool that does not answer in time is given up at once, even
 * if it cannot be killed: with a hung driver it sleeps where no signal reaches it.
 */
export function runTool(
  file: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolAnswer | undefined> {
  const { signal, env = process.env, timeoutMs = TIMEOUT_MS, descriptor } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const child = spawn(file, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe', ...(descriptor === undefined ? [] : [descriptor])],
      detached: process.platform !== 'win32', // a group of its own, so that what it started ends with it
      windowsHide: true,
    });
    const giveUp = (error: unknown): void => {
      end();
      abandon(child);
      reject(error);
    };
    const late = setTimeout(() => giveUp(tooLate(file, args, timeoutMs)), timeoutMs);
    const onAbort = (): void => giveUp(signal?.reason);
    const end = (): void => {
      clearTimeout(late);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
    child.once('error', (error: NodeJS.ErrnoException) => {
      end();
      if (error.code === 'ENOENT') return resolve(undefined);
      reject(new GpuError(`${file} cannot be run: ${error.message}.`, 'ERR_GPU_TOOL_FAILED', { cause: error }));
    });
    child.once('close', (code) => {
      end();
      resolve({ code, stdout: stdout(), stderr: stderr() });
    });
  });
}

function tooLate(file: string, args: readonly string[], timeoutMs: number): GpuError {
  return new GpuError(
    `${file} did not answer within ${timeoutMs / 1000} s (${[file, ...args].join(' ')}): its driver may hang.`,
    'ERR_GPU_TOOL_TIMEOUT',
  );
}

function abandon(child: ChildProcess): void {
  if (child.pid !== undefined && !(process.platform !== 'win32' && signalGroup(child.pid, 'SIGKILL'))) {
    child.kill('SIGKILL');
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < OUTPUT_MAX) text += chunk;
  });
  return () => text;
}
