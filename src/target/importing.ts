import { StartedInImportError } from '../base/errors.js';

// On the global object: the importing host and the module that starts a worker may hold two copies of this package.
const key = Symbol.for('pyworkers.imports');
const globals = globalThis as { [key]?: number };

const DEPTH_MAX = 5;
const depthKey = Symbol.for('pyworkers.depth');
const depths = globalThis as { [depthKey]?: number };

/** This thread or process exists to be a worker: one that the caller's main script has started has depth 1. */
export function becomeHost(depth: number): void {
  globals[key] = 0;
  depths[depthKey] = depth;
}

/** The depth of a worker that is started here. */
export function depthBelow(): number {
  return (depths[depthKey] ?? 0) + 1;
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
export function refuseEndlessStart(): void {
  if (globals[key]) {
    throw new StartedInImportError(
      `A worker was started by a module that a worker is just importing (to find its target), which would never end. ${guardAdvice}`,
    );
  }
  if (depthBelow() > DEPTH_MAX) {
    throw new StartedInImportError(
      `A worker was started by a worker, and so on, ${DEPTH_MAX} times: most likely a script that its own workers import and that starts workers a little later. ${guardAdvice}`,
    );
  }
}

const guardAdvice =
  'Put the targets into a module of their own, or start workers only in the main script: if (isMain(import.meta.url)) { … }.';
