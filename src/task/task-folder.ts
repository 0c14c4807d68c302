import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { makeFolder } from '../base/make-folder.js';
import type { Assignment, TaskReport } from './order.js';

const TRAVEL_BYTES_MAX = 64 * 1024 * 1024;

/** Where a task writes. On a host that does not share the caller's disk that is a scratch folder, whose files travel back. */
export interface Folder {
  readonly path: string;
  readonly isScratch: boolean;
  /** Takes the files out of a scratch folder and removes it. */
  collect(): Promise<Pick<TaskReport, 'files' | 'leftBehind'>>;
  remove(): Promise<void>;
}

export function folderFor({ folder, record }: Assignment): Folder {
  if (typeof folder === 'string') {
    makeFolder(folder);
    if (record !== undefined) writeOnce(join(folder, 'params.json'), record);
    return { path: folder, isScratch: false, collect: async () => ({}), remove: async () => {} };
  }
  const scratch = scratchFolder(folder.scratch);
  mkdirSync(scratch.path, { mode: 0o700 });
  return scratch;
}

/** What is left in the scratch folder of a task that could not see to that itself; nothing of it stays. */
export async function salvaged(name: string): Promise<Pick<TaskReport, 'files' | 'leftBehind'>> {
  const folder = scratchFolder(name);
  return existsSync(folder.path) ? folder.collect() : {};
}

function scratchFolder(name: string): Folder {
  if (!/^pyw-task-[\w-]+$/.test(name)) throw new Error(`"${name}" is no name of a scratch folder.`);
  const path = join(tmpdir(), name);
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true });
  return {
    path,
    isScratch: true,
    remove,
    async collect() {
      const packed = await pack(path);
      await remove();
      return packed;
    },
  };
}

/** Whoever sent the task here has seen to it that what is there is its own. What a crash has left half written is replaced. */
function writeOnce(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (readFileSync(path, 'utf8') === text) return;
    writeFileSync(`${path}~`, text);
    renameSync(`${path}~`, path);
  }
}

async function pack(folder: string): Promise<Pick<TaskReport, 'files' | 'leftBehind'>> {
  const files: { name: string; bytes: Uint8Array }[] = [];
  const leftBehind: string[] = [];
  let room = TRAVEL_BYTES_MAX;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of [...entries.filter(isLog), ...entries.filter((each) => !isLog(each))]) {
    if (!entry.isFile()) continue; // links and sockets mean nothing elsewhere
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const { size } = await stat(path);
    const name = relative(folder, path);
    if (size > room) {
      leftBehind.push(name);
      continue;
    }
    room -= size;
    files.push({ name, bytes: await readFile(path) });
  }
  return { files, ...(leftBehind.length > 0 && { leftBehind }) };
}

/** Logs travel first, while there is room. */
function isLog({ name }: { readonly name: string }): boolean {
  return name.startsWith('log.');
}
