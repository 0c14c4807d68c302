import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { lastLines } from '../../task/command/log-tail.js';

const LINES = 20;
const LINE_MAX = 240;

/**
 * The last lines of a task's log; `undefined` where it cannot be read. Nothing outside of the output folder is read: the
 * name may come from another machine, and a report is shown around.
 */
export function logEnd(log: string | undefined, output: string | undefined): readonly string[] | undefined {
  if (log === undefined || output === undefined) return undefined;
  try {
    const path = realpathSync(resolve(output, log));
    if (!path.startsWith(realpathSync(output) + sep)) return undefined;
    return lastLines(path, LINES).map((line) => shown(line));
  } catch {
    return undefined; // it was removed, or is no file: the failure is told without
  }
}

function shown(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and cursor movements begin with one
  const plain = line.replaceAll(/\u001b(?:\[[\d;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g, '');
  return plain.length > LINE_MAX ? `${plain.slice(0, LINE_MAX)}…` : plain;
}
