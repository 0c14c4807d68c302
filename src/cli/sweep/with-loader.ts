import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { home } from './place.js';

/** The sweep file is TypeScript that this Node loads only with a loader, and so do its workers. */
export class LoaderNeeded extends Error {
  readonly loader: string;

  constructor(loader: string) {
    super(`Node has to be started with --import ${loader}.`);
    this.loader = loader;
  }
}

/** Runs this very command line again in a Node with that loader; resolves with its exit code. */
export function againWith({ loader }: LoaderNeeded): Promise<number> {
  const args = ['--import', loader, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(process.execPath, args, { stdio: 'inherit', cwd: home });
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const isTold = signal === 'SIGINT' && process.stdin.isTTY === true; // a terminal tells both of its Ctrl-C
    return { signal, listener: (): void => void (isTold || child.kill(signal)) };
  });
  for (const { signal, listener } of listeners) process.on(signal, listener);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const { signal: name, listener } of listeners) process.off(name, listener);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
