import { cut, widthOf } from '../results/text-width.js';
import type { Paint, Style } from './colours.js';

/** A piece of a line. Its text is plain: styles come last, so that nothing that has them needs to be cut. */
export interface Piece {
  readonly text: string;
  readonly style?: Style;
}

export type Line = readonly Piece[];

export interface LineOptions {
  readonly columns: number;
  readonly paint: Paint;
}

/** One line as it is written, no wider than that. */
export function lineText(line: Line, { columns, paint }: LineOptions): string {
  const isCut = line.reduce((sum, { text }) => sum + widthOf(text), 0) > columns;
  let left = columns;
  let written = '';
  for (const { text, style } of line) {
    // Two blanks more make sure that something is cut off, and is seen to be.
    const isLast = isCut && widthOf(text) >= left;
    const kept = isLast ? cut(`${text}  `, left) : text;
    written += style && kept !== '' ? paint(kept, style) : kept;
    left -= widthOf(kept);
    if (isLast) break;
  }
  return written;
}
