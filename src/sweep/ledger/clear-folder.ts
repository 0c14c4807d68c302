import { lstatSync, readdirSync, realpathSync, rmdirSync, unlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { codeOf, inStorage, LedgerError } from './ledger-error.js';

/**
 * Removes what lies in a task's folder, and the folder. Links are removed and never followed; the folder of another task
 * that lies in it stays. Refused where the folder is not really within the output folder. None there is fine.
 */
export function clearFolder(path: string, output: string): void {
  inStorage("clear the task's folder", path, () => {
    const real = realOf(path);
    if (real === undefined) return;
    if (!real.startsWith(realpathSync(output) + sep)) {
      throw new LedgerError(
        `${path} leads out of the output folder, to ${real}. It is left as it is: remove it yourself if you want that.`,
        'ERR_LEDGER_FOREIGN',
      );
    }
    clear(real);
  });
}

function clear(folder: string): void {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) unlinkSync(path);
    else if (!lstatSync(`${path}/params.json`, { throwIfNoEntry: false })) clear(path);
  }
  try {
    rmdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error; // another task's folder is left in it
  }
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
