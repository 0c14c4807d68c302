import stringWidth from 'string-width';

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many columns of a terminal it takes. */
export function widthOf(text: string): number {
  return isPlain(text) ? text.length : stringWidth(text);
}

/** No wider than that; what was cut off is told by a dot mark. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '';
  if (isPlain(text)) return `${text.slice(0, width - 1)}…`;
  let kept = '';
  let keptWidth = 0;
  for (const { segment } of characters.segment(text)) {
    keptWidth += stringWidth(segment);
    if (keptWidth > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Filled up with blanks. */
export function padded(text: string, options: { width: number; isRight: boolean }): string {
  const blanks = ' '.repeat(Math.max(0, options.width - widthOf(text)));
  return options.isRight ? blanks + text : text + blanks;
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
