import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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

export function folderFor(task: Assignment): Folder {
  if (task.folder !== undefined) {
    makeFolder(task.folder);
    if (task.record !== undefined) writeOnce(join(task.folder, 'params.json'), task.record);
    return { path: task.folder, isScratch: false, collect: async () => ({}), remove: async () => {} };
  }
  const path = mkdtempSync(join(tmpdir(), 'pyw-task-'));
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
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
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
