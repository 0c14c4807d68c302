import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const DEEPEST = 8; // folders below the output folder

/**
 * The log of a command that was written to last, in a task's folder; without a command, the last of all. A log is a file
 * whose name, split at its dots, has `log` in it, and the command: `train.log`, `log.train`, `log.train.2026-01-31`, `train.2.log`.
 */
export async function latestLog(command: string | undefined, folder: string): Promise<string | undefined> {
  let latest: { path: string; at: number } | undefined;
  for (const entry of await entriesOf(folder)) {
    if (!entry.isFile() || !isLog(entry.name, command)) continue;
    const path = join(folder, entry.name);
    const at = (await stat(path)).mtimeMs;
    if (!latest || at > latest.at || (at === latest.at && path > latest.path)) latest = { path, at };
  }
  return latest?.path;
}

/** Every folder below this one that has a log in it, by name. Links to folders are not followed. */
export async function foldersWithLogs(output: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = (await entriesOf(folder)).toSorted((one, other) => byName(one.name, other.name));
    if (depth > 0 && entries.some((entry) => entry.isFile() && isLog(entry.name, undefined))) found.push(folder);
    if (depth === DEEPEST) return;
    for (const entry of entries) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) await visit(join(folder, entry.name), depth + 1);
    }
  };
  await visit(output, 0);
  return found;
}

function isLog(name: string, command: string | undefined): boolean {
  const parts = name.split('.');
  return parts.includes('log') && (command === undefined || `.${name}.`.includes(`.${command}.`));
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // a task that has not begun has no folder
    throw error;
  }
}

/** `lr-2` before `lr-10`. */
function byName(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
