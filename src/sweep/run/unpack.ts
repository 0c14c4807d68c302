import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { TaskReport } from '../../task/order.js';

/** Writes the files of a task that ran on another machine into its folder here. */
export async function unpack(files: NonNullable<TaskReport['files']>, folder: string): Promise<void> {
  for (const { name, bytes } of files) {
    const path = resolve(folder, name);
    if (!path.startsWith(folder + sep)) {
      throw new Error(`A file of the task is named ${name}, which is outside of its folder.`);
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}
