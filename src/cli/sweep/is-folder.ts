import { statSync } from 'node:fs';

/** Where nothing can be seen, whoever opens it says why. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
