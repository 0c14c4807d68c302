import { StartedInImportError } from '../base/errors.js';

// On the global object: the importing host and the module that starts a worker may hold two copies of this package.
const key = Symbol.for('pyworkers.imports');
const globals = globalThis as { [key]?: number };

/** This thread or process exists to be a worker. */
export function becomeHost(): void {
  globals[key] = 0;
}

export function isHost(): boolean {
  return globals[key] !== undefined;
}

export async function whileImporting<T>(load: () => Promise<T>): Promise<T> {
  if (globals[key] === undefined) return load();
  globals[key] += 1;
  try {
    return await load();
  } finally {
    globals[key] -= 1;
  }
}

/** A script that starts a worker is imported by that worker's host, starts a worker, and so on: stop that here. */
export function refuseWhileImporting(): void {
  if (!globals[key]) return;
  throw new StartedInImportError(
    'A worker was started by a module that a worker is just importing (to find its target), which would never end. ' +
      'Put the targets into a module of their own, or start workers only in the main script: if (isMain(import.meta.url)) { … }.',
  );
}
