import { OptionError } from '../../base/errors.js';
import { placeholderAt, type Slot, type TemplatePiece } from './template-piece.js';

const blank = /[ \t\n]/;
const afterWord = /[\s;&|)]/;
const beforeWord = /[\s;&|()<>]/;
const plainBraces = /\$\{(?:[^{}'"`\\$]|\$\w+)*\}/y;
const variable = /\$[A-Za-z_]\w*/y;
const numericTest = /\[\[\s(?:(?!\]\])[\s\S])*?\s-(?:eq|ne|lt|le|gt|ge)\s[\s\S]*?\]\]/y;

/**
 * Reads a command as the shell does, as far as quoting goes: what stands where. Where it cannot tell for certain, what
 * follows takes no values: a value in a place that was taken for another one could be run.
 */
export function scanTemplate(text: string): TemplatePiece[] {
  return new Scanner(text).scan();
}

class Scanner {
  readonly #text: string;
  readonly #pieces: TemplatePiece[] = [];
  #at = 0;
  #isWordStart = true;
  /** Why nothing can be put in from here on. */
  #unsure: string | undefined;
  #numericTestEnd = 0;

  constructor(text: string) {
    this.#text = text.replaceAll('\r\n', '\n').replace(/^\s+|(?<!\\)\s+$/g, '');
  }

  scan(): TemplatePiece[] {
    this.#plain(false);
    return this.#pieces;
  }

  /** Outside of quotes; in `$(…)` up to its end. */
  #plain(isSubstitution: boolean): void {
    const from = this.#at;
    let depth = 0;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (char === ')' && isSubstitution && depth === 0) return this.#copy(1);
      if (char === '(' && !(this.#isWordStart && this.#isArithmetic('(('))) depth++;
      if (char === ')') depth = Math.max(0, depth - 1);
      if (isSubstitution) this.#lookForCase();
      this.#plainStep(char);
    }
    if (isSubstitution) this.#unclosed('(', from - 1);
  }

  #plainStep(char: string): void {
    const wasWordStart = this.#isWordStart;
    this.#isWordStart = beforeWord.test(char);
    switch (char) {
      case '\\':
        if (this.#text[this.#at + 1] !== '\n') return this.#copy(2);
        this.#at += 2;
        this.#isWordStart = wasWordStart;
        return;
      case '\n':
        return this.#foldLines();
      case '#':
        return wasWordStart ? this.#skipComment() : this.#copy(1);
      case "'":
        return this.#single();
      case '"':
        return this.#double();
      case '`':
        return this.#backticks();
      case '$':
        return this.#dollar({ isQuoted: false });
      case '<':
      case '>':
        return this.#angle();
      case '(':
        return wasWordStart && this.#isArithmetic('((') ? this.#arithmetic(2) : this.#copy(1);
      case '[':
      case '{':
        if (wasWordStart) this.#lookForNumericTest();
        return this.#placeholder(wasWordStart ? 'wordStart' : 'inWord');
      default:
        return this.#copy(1);
    }
  }

  #foldLines(): void {
    while (blank.test(this.#text[this.#at] ?? '')) this.#at++;
    this.#emit(' ');
  }

  /** Lines are folded: a comment would swallow those that follow. */
  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
    this.#isWordStart = true;
  }

  #single(): void {
    const from = this.#at;
    this.#copy(1);
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (char === "'") return this.#copy(1);
      if (char === '$')
        this.#copy(this.#text[this.#at + 1] === '{' ? 2 : 1); // a program's own ${x}
      else this.#placeholder('single');
    }
    this.#unclosed("'", from);
  }

  #double(): void {
    const from = this.#at;
    this.#copy(1);
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (char === '"') return this.#copy(1);
      if (char === '\\') this.#copy(2);
      else if (char === '`') this.#backticks();
      else if (char === '$') this.#dollar({ isQuoted: true });
      else this.#placeholder('double');
    }
    this.#unclosed('"', from);
  }

  #dollar({ isQuoted }: { readonly isQuoted: boolean }): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (this.#isArithmetic('$((')) return this.#arithmetic(3);
    if (next === '(') return this.#substitution();
    if (next === '{') return this.#braces();
    if (next === "'" && !isQuoted) return this.#ansiQuotes();
    if (next === '[') this.#unsure ??= 'it follows $[…]; write $((…)) in a script of yours';
    const name = this.#match(variable);
    if (name) {
      const glued = placeholderAt(this.#text, this.#at + name.length)?.kind === 'value';
      this.#emit(glued ? `\${${name.slice(1)}}` : name); // $HOME{x}: the value must not become a part of the name
      this.#at += name.length;
      return;
    }
    this.#copy(/[@*#?$!0-9-]/.test(next) ? 2 : 1);
  }

  #substitution(): void {
    this.#copy(2);
    this.#isWordStart = true;
    this.#plain(true);
    this.#isWordStart = false;
  }

  #braces(): void {
    const whole = this.#match(plainBraces);
    if (!whole)
      this.#unsure ??=
        'it stands in or after braces after a $ that have quotes or braces in them; set a variable before';
    this.#copy(whole?.length ?? 2);
  }

  #ansiQuotes(): void {
    const end = /\$'(?:[^'\\]|\\[\s\S])*'?/y;
    this.#region(this.#match(end)?.length ?? 2, "it stands within $'…'; write '…' or \"…\"");
  }

  #backticks(): void {
    const end = /`(?:[^`\\]|\\[\s\S])*`?/y;
    this.#region(this.#match(end)?.length ?? 1, 'it stands within backticks; write $(…)');
  }

  #angle(): void {
    const rest = this.#text.slice(this.#at, this.#at + 3);
    if (rest === '<<<') return this.#copy(3);
    if (rest.startsWith('<<')) {
      throw new OptionError('A command has a here-document (<<), but its lines are folded. Use <<<, or a script.');
    }
    if (rest[1] === '(') this.#substitution();
    else this.#copy(1);
  }

  #isArithmetic(opening: string): boolean {
    return this.#text.startsWith(opening, this.#at);
  }

  /** `((…))`: what stands there is computed, and what is computed can run commands, however it is quoted. */
  #arithmetic(opening: number): void {
    let end = this.#at + opening;
    for (let depth = 2; depth > 0 && end < this.#text.length; end++) {
      if (this.#text[end] === '(') depth++;
      if (this.#text[end] === ')') depth--;
    }
    const region = this.#text.slice(this.#at, end);
    this.#region(region.length, 'it stands within ((…)), where values are computed; set a variable before');
    if (/['"`\\]|\s#|\bcase\b/.test(region)) this.#unsure ??= 'it follows a ((…)) that is not plain arithmetic';
  }

  #lookForNumericTest(): void {
    const test = this.#match(numericTest);
    if (test) this.#numericTestEnd = this.#at + test.length;
  }

  #lookForCase(): void {
    if (!this.#isWordStart || !/^case\s/.test(this.#text.slice(this.#at, this.#at + 5))) return;
    this.#unsure ??= 'it stands in or after a $(…) that has a case in it; use if, or a script';
  }

  #placeholder(where: 'wordStart' | 'inWord' | 'single' | 'double'): void {
    const found = placeholderAt(this.#text, this.#at);
    if (!found) return this.#copy(1);
    this.#at += found.written.length;
    if (found.kind === 'literal') return this.#emit(found.inner);
    const refused = this.#unsure ?? this.#refusal(found.kind, where);
    this.#pieces.push({
      kind: found.kind,
      name: found.inner,
      ...(found.flag !== undefined && { flag: found.flag }),
      place: this.#place(where),
      written: found.written,
      ...(refused !== undefined && { refused }),
    });
  }

  #refusal(kind: Slot['kind'], where: 'wordStart' | 'inWord' | 'single' | 'double'): string | undefined {
    if (this.#at <= this.#numericTestEnd) return 'it stands in [[…]] with -eq or the like, which computes; use […]';
    if (kind === 'value') return undefined;
    const isWord = where === 'wordStart' && this.#isAtWordEnd();
    return isWord ? undefined : 'a flag has to be a word of its own, outside of quotes';
  }

  #place(where: 'wordStart' | 'inWord' | 'single' | 'double'): Slot['place'] {
    if (where === 'single' || where === 'double') return where;
    if (/[<>]/.test(this.#text[this.#at] ?? '')) return 'number-risk';
    return where === 'wordStart' && this.#isAtWordEnd() ? 'word' : 'part';
  }

  #isAtWordEnd(): boolean {
    return this.#at >= this.#text.length || afterWord.test(this.#text[this.#at] ?? '');
  }

  /** Text that is passed on as it is; a placeholder in it is refused. */
  #region(length: number, refused: string): void {
    const end = this.#at + length;
    while (this.#at < end) {
      const found = this.#text[this.#at - 1] === '$' ? undefined : placeholderAt(this.#text.slice(0, end), this.#at);
      if (!found || found.kind === 'literal') {
        this.#copy(1);
        continue;
      }
      this.#pieces.push({ kind: found.kind, name: found.inner, place: 'part', written: found.written, refused });
      this.#at += found.written.length;
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #copy(length: number): void {
    this.#emit(this.#text.slice(this.#at, this.#at + length));
    this.#at += length;
  }

  #emit(text: string): void {
    const last = this.#pieces.at(-1);
    if (typeof last === 'string') this.#pieces[this.#pieces.length - 1] = last + text;
    else this.#pieces.push(text);
  }

  #unclosed(opening: string, at: number): void {
    if (this.#unsure !== undefined) return; // the shell will say it
    const from = this.#text.slice(at, at + 30);
    throw new OptionError(`A command has an ${opening} that is not closed: ${from}`);
  }
}
