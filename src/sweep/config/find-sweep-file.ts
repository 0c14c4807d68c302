import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What a sweep's file may be called, the first choice first. */
export const sweepFileNames = [
  'sweep.yaml',
  'sweep.yml',
  'sweep.config.ts',
  'sweep.config.mts',
  'sweep.config.js',
  'sweep.config.mjs',
  'params.yaml',
] as const;

/** The sweep's file of a folder; `undefined` where it has none. */
export function findSweepFile(folder = '.'): string | undefined {
  const names = new Set(readdirSync(folder));
  const found = sweepFileNames.find((name) => names.has(name));
  return found && join(folder, found);
}
