import { OptionError } from '../../base/errors.js';

/** Where in a shell command a value stands. `word`: outside of quotes, and blanks or ends on both sides. */
export type ShellPlace = 'word' | 'part' | 'number-risk' | 'double' | 'single';

/** Bare where that is safe, so that command lines read well; a comma only in a word of its own, for `{a,b}` is two words. */
const bareWord = /^[\w@%+:,./-]+$/;
const barePart = /^[\w@%+:./-]+$/;

/** What the shell would take for its own where a command begins. */
const reservedWords = new Set(
  'if then else elif fi case esac for select while until do done in function time coproc'.split(' '),
);

/** The value as it has to be written at that place, so that the shell gives back exactly it and runs nothing of it. */
export function shellQuote(value: string, place: ShellPlace): string {
  checkArgument(value);
  switch (place) {
    case 'word':
      return isBare(value, bareWord) ? value : inSingleQuotes(value);
    case 'part':
      return isBare(value, barePart) ? value : inSingleQuotes(value);
    case 'number-risk':
      return inSingleQuotes(value); // `echo {n}>file` would redirect the descriptor n
    case 'double':
      return value.replaceAll(/[\\$`"]/g, '\\$&');
    case 'single':
      return value.replaceAll("'", "'\\''");
    default:
      return place satisfies never;
  }
}

/** Refuses what no program can be given. */
function checkArgument(value: string): void {
  const problem = value.includes('\0')
    ? 'a NUL character, which no program can be given'
    : value.isWellFormed()
      ? undefined
      : 'half a surrogate pair, which cannot be written as UTF-8';
  if (problem) throw new OptionError(`A value in a command has ${problem}: ${JSON.stringify(value.slice(0, 50))}`);
}

function isBare(value: string, bare: RegExp): boolean {
  return bare.test(value) && !reservedWords.has(value);
}

function inSingleQuotes(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
