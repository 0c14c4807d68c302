import { stripVTControlCharacters } from 'node:util';

/** Text of others on one line that does nothing to a terminal but to be seen: nothing in it moves the cursor, or is invisible. */
export function cleanText(text: string): string {
  const plain = text.includes('\u001b') || text.includes('\u009b') ? stripVTControlCharacters(text) : text;
  return plain.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
