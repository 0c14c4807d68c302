/** A line break in a log would tear the table, an escape sequence change the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

/** What joins emoji is no harm. */
function escaped(character: string): string {
  if (character === '\u200d') return character;
  const known = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
  return known ?? `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
