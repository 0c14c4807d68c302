import { stripVTControlCharacters } from 'node:util';
import {
  beginSynchronizedOutput,
  cursorHide,
  cursorLeft,
  cursorNextLine,
  cursorShow,
  cursorUp,
  endSynchronizedOutput,
  eraseDown,
  eraseEndLine,
  eraseLine,
  eraseLines,
} from 'ansi-escapes';
import { widthOf } from '../results/text-width.js';
import type { Outlet } from './outlet.js';

const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';
const PRINTED_MAX = 500;

/** What puts a terminal in order again, whatever was written before. */
export const RESTORE = WRAP_ON + cursorShow;

/**
 * Lines at the bottom of a terminal that are drawn again and again, and lines above them that stay. Only what has changed
 * is written, in one piece. The cursor is below the last line. Never is all erased from the first line on: some terminals
 * take that for a screen to be kept among what has scrolled away.
 */
export class Screen {
  readonly #outlet: Outlet;
  #drawn: readonly string[] = [];
  /** What is to be printed above, next time. */
  #printed: string[] = [];
  #columns: number;

  constructor(outlet: Outlet, columns: number) {
    this.#outlet = outlet;
    this.#columns = columns;
  }

  /** Lines that stay: they are seen with the next drawing. */
  print(...lines: readonly string[]): void {
    this.#printed.push(...lines);
    this.#printed.splice(0, this.#printed.length - PRINTED_MAX); // nobody takes them: the oldest go
  }

  /** Nothing, while the terminal has not taken what it was given before. */
  draw(lines: readonly string[]): void {
    if (this.#outlet.isBusy) return;
    const text = this.#printed.length > 0 ? this.#redrawn(lines) : this.#changed(lines);
    this.#drawn = lines;
    if (text !== '') this.#outlet.write(beginSynchronizedOutput + cursorHide + text + endSynchronizedOutput);
  }

  /**
   * The terminal has another width. Most terminals break lines that have become too long for it; those that cut them off
   * lose a few lines above. What has scrolled away by that stays there.
   */
  resize(columns: number): void {
    const rowsOf = (line: string): number => Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns));
    const rows =
      columns < this.#columns ? this.#drawn.reduce((sum, line) => sum + rowsOf(line), 0) : this.#drawn.length;
    this.#columns = columns;
    this.#drawn = [];
    if (rows > 0) this.#outlet.write(eraseLines(rows + 1)); // with the one of the cursor
  }

  /** Others have written to the terminal since: the next drawing begins where the cursor is. */
  forget(): void {
    this.#drawn = [];
  }

  /** The lines stay as they are, and the cursor is back; the next drawing begins below. */
  leave(lines: readonly string[]): void {
    this.#outlet.write(this.#redrawn(lines) + RESTORE);
    this.#drawn = [];
  }

  #redrawn(lines: readonly string[]): string {
    const printed = this.#printed.map((line) => this.#whole(line)).join('');
    this.#printed = [];
    const drawn = lines.map((line) => `${eraseLine}${line}\n`).join('');
    return `${this.#toTop()}${printed}${WRAP_OFF}${drawn}${WRAP_ON}${eraseDown}`;
  }

  /** A line that may go on on the next one. Where it ends with a full one, nothing is left there to erase. */
  #whole(line: string): string {
    const isFull = widthOf(stripVTControlCharacters(line)) % this.#columns === 0 && line !== '';
    return `${line}${isFull ? '' : eraseEndLine}\n`;
  }

  #changed(lines: readonly string[]): string {
    const first = lines.findIndex((line, i) => line !== this.#drawn[i]);
    if (first < 0 && lines.length === this.#drawn.length) return '';
    let text = this.#toTop() + WRAP_OFF;
    for (const [i, line] of lines.entries()) {
      if (line === this.#drawn[i]) text += cursorNextLine;
      else text += `${eraseLine}${line}\n`;
    }
    return text + WRAP_ON + (lines.length < this.#drawn.length ? eraseDown : '');
  }

  #toTop(): string {
    return this.#drawn.length > 0 ? cursorUp(this.#drawn.length) + cursorLeft : cursorLeft;
  }
}
