import { readFileSync } from 'node:fs';

/** A small file of the kernel's; `undefined` where there is none, or it is not for us. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
