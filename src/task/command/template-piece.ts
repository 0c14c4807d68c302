import type { ShellPlace } from './shell-quote.js';

/** A part of a command template: text as it is, or where something is put in. */
export type TemplatePiece = string | Slot;

export interface Slot {
  readonly kind: 'value' | 'flag';
  readonly name: string;
  /** Of a flag, where it is not called as the parameter is: `[encoder-dim=dim]`. */
  readonly flag?: string;
  readonly place: ShellPlace;
  /** As the template has it: `{lr}`, `[lr]`, `[learning-rate=lr]`. */
  readonly written: string;
  /** Why nothing can be put in here. It is text if no parameter has this name, and an error otherwise. */
  readonly refused?: string;
}

/** What `{…}` and `[…]` may hold, so that they are no text of the shell's: `{1..3}`, `{a..c}`, `[0]`, `[ -f x ]`. */
const name = '_?\\p{L}[\\p{L}\\p{N}_-]*(?:\\.[\\p{L}\\p{N}_-]+)*';
const patterns = {
  literal: new RegExp(`\\{(\\{${name}\\})\\}|\\[(\\[(?:${name}=)?${name}\\])\\]`, 'uy'),
  value: new RegExp(`\\{(${name})\\}`, 'uy'),
  flag: new RegExp(`\\[(?:(?<flag>${name})=)?(${name})\\]`, 'uy'),
};

/** What is written at this place, if it is a placeholder or the doubled brackets that stand for the text itself. */
export function placeholderAt(text: string, at: number): Placeholder | undefined {
  for (const kind of ['literal', 'value', 'flag'] as const) {
    const pattern = patterns[kind];
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) continue;
    const { flag } = match.groups ?? {};
    const inner = kind === 'flag' ? match[2] : (match[1] ?? match[2]);
    return { kind, written: match[0], inner: inner ?? '', ...(flag !== undefined && { flag }) };
  }
  return undefined;
}

export interface Placeholder {
  readonly kind: 'literal' | 'value' | 'flag';
  readonly written: string;
  readonly inner: string;
  readonly flag?: string;
}
