import { shellQuote } from '../../task/command/shell-quote.js';

/**
 * The command template of words that a shell has taken apart already: each becomes one word again. One word alone is a line
 * for the shell as it stands, with pipes and all.
 */
export function templateOf(words: readonly string[]): string {
  const [only = '', ...others] = words;
  return others.length === 0 ? only : words.map(wordOf).join(' ');
}

/** `{lr}` stays one place for a value, also where the word needs quotes: values are quoted for the place they stand in. */
function wordOf(word: string): string {
  const isBare = word !== '' && /^([\w@%+=:,./-]|\{[\w.-]+\})+$/.test(word);
  if (isBare || /^\[[A-Za-z][\w.-]*\]$/.test(word)) return word;
  return shellQuote(word, 'number-risk'); // always in single quotes
}
