import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { plainWords } from './plain-words.js';

/** How to start a command line. */
export interface Start {
  readonly file: string;
  readonly argv0: string;
  readonly args: readonly string[];
}

/**
 * Directly where the line is a program and its arguments; otherwise by bash with `pipefail`, so that a pipeline fails if
 * any part of it does (also `yes | head -1`, whose `yes` dies of SIGPIPE: `set +o pipefail;` before it turns that off).
 * Where there is no bash, by `/bin/sh`, which knows no pipefail.
 */
export function startOf(line: string, env: NodeJS.ProcessEnv, cwd: string): Start {
  const plain = plainWords(line, env, cwd);
  if (plain) return { file: plain.file, argv0: plain.words[0] ?? plain.file, args: plain.words.slice(1) };
  const bash = findBash(env.PATH ?? '');
  return bash === undefined
    ? { file: '/bin/sh', argv0: 'sh', args: ['-c', line] }
    : { file: bash, argv0: 'bash', args: ['-o', 'pipefail', '-c', line] };
}

function findBash(path: string): string | undefined {
  if (process.platform === 'win32') return 'bash';
  return ['/bin', ...path.split(delimiter).filter(Boolean)].map((folder) => join(folder, 'bash')).find(existsSync);
}
