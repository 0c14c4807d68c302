import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isHost } from './importing.js';

/** Whether this module is the script that was started, and not one that a worker imports: `if (isMain(import.meta.url)) …`. */
export function isMain(moduleUrl: string): boolean {
  const script = process.argv[1];
  if (isHost() || script === undefined || !moduleUrl.startsWith('file:')) return false;
  const path = fileURLToPath(moduleUrl);
  return path === script || path === realPathOf(script);
}

/** A script may be started by a link, or without its extension. */
function realPathOf(script: string): string | undefined {
  try {
    return realpathSync(script);
  } catch {
    return undefined;
  }
}
