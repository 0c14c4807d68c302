import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

export interface Program {
  readonly file: string;
  readonly words: readonly string[];
}

/** What the shell does itself, or otherwise than the program of that name. `true` and `false` are the same in both. */
const shellsOwn = new Set(
  `. : [ alias bg bind break builtin caller case cd command compgen complete compopt continue coproc declare dirs disown do done
  echo elif else enable esac eval exec exit export fc fg fi for function getopts hash help history if in jobs kill let local
  logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source suspend test then time
  times trap type typeset ulimit umask unalias unset until wait while`.split(/\s+/),
);

/** A word without quotes that no shell changes, or one in single or double quotes with nothing for the shell in it. */
const word = /(?:[\w@%+=:,./-]+|'[^']*'|"[^"\\$`!]*")+/y;
const quotes = /'([^']*)'|"([^"]*)"/g;

/**
 * The program and its arguments, if the line is nothing more than that and the program is there: then no shell is
 * needed, which saves about a third of the time to start. `undefined`: the shell has to read it.
 */
export function plainWords(line: string, env: NodeJS.ProcessEnv, cwd: string): Program | undefined {
  const words = split(line.trim());
  const [name] = words ?? [];
  if (!words || name === undefined || name === '' || name.includes('=') || shellsOwn.has(name)) return undefined;
  if (env.BASH_ENV !== undefined || Object.keys(env).some((key) => key.startsWith('BASH_FUNC_'))) return undefined;
  const file = find(name, env.PATH, cwd);
  return file === undefined ? undefined : { file, words };
}

function split(line: string): string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < line.length; ) {
    word.lastIndex = at;
    const found = word.exec(line)?.[0];
    if (found === undefined) return undefined;
    words.push(found.replaceAll(quotes, (_all, single?: string, double?: string) => single ?? double ?? ''));
    at += found.length;
    const gap = /[ \t]*/y;
    gap.lastIndex = at;
    const blanks = gap.exec(line)?.[0].length ?? 0;
    if (blanks === 0 && at < line.length) return undefined;
    at += blanks;
  }
  return words;
}

/** As execvp finds it. A folder or a file that may not be run is left to the shell, whose message is known to all. */
function find(name: string, path: string | undefined, cwd: string): string | undefined {
  if (process.platform === 'win32' || path === undefined) return undefined;
  const candidates = name.includes('/') ? [name] : path.split(delimiter).map((folder) => `${folder || '.'}/${name}`);
  return candidates.map((candidate) => resolve(cwd, candidate)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // not there, or not for us: the next one
  }
}
