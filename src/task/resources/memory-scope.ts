import { execFile } from 'node:child_process';

const PROBE_MS = 3000;
let probe: Promise<boolean> | undefined;

/**
 * What to put before a program so that the kernel holds it and all it starts to so much memory: a scope of the user's
 * systemd. The program stays a child of whoever starts it. `undefined` where there is no user manager: then `TreeMemory`
 * has to watch, which sees the excess up to its interval late.
 */
export async function memoryScope(limitMb: number): Promise<string[] | undefined> {
  probe ??= canUse(scope(64));
  return (await probe) ? scope(limitMb) : undefined;
}

function scope(limitMb: number): string[] {
  const limits = ['-p', `MemoryMax=${Math.ceil(limitMb)}M`, '-p', 'MemorySwapMax=0'];
  return ['systemd-run', '--user', '--scope', '--quiet', '--collect', ...limits, '--'];
}

function canUse([program = '', ...args]: readonly string[]): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(false);
  return new Promise((resolve) => {
    execFile(program, [...args, 'true'], { timeout: PROBE_MS }, (error) => resolve(error === null));
  });
}
