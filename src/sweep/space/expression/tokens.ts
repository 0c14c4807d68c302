import type { Source } from './source.js';

/** One word of an expression. Columns count from 1. */
export interface Token {
  readonly type: 'number' | 'string' | 'name' | 'operator' | 'end';
  /** Of a string and of a quoted name: what it stands for. */
  readonly text: string;
  readonly column: number;
  /** Written in backticks: never a word of the language. */
  readonly isQuoted: boolean;
}

const lengthMax = 4096;
const blank = /\s+/y;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const name = /[A-Za-z_]\w*/y;
const quotedName = /`[^`]+`/y;
const string = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/y;
const operator = /===|!==|\*\*|&&|\|\||==|!=|<=|>=|[-<>+*/%!?:()[\],.=&|]/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** What is not of this language, but of others. */
const remedies = new Map([
  ['===', 'Write == to compare.'],
  ['!==', 'Write != to compare.'],
  ['=', 'Write == to compare; nothing can be assigned.'],
  ['&', 'Write && for "and".'],
  ['|', 'Write || for "or".'],
  ['**', 'Write pow(a, b).'],
]);

/** The words of an expression; the last is of type `end`. */
export function tokensOf(source: Source): readonly Token[] {
  const { text } = source;
  if (text.length > lengthMax) source.fail(lengthMax + 1, `It is longer than ${lengthMax} characters.`);
  const tokens: Token[] = [];
  let at = text.length - text.trimStart().length;
  while (at < text.length) {
    const { token, length } = tokenAt(source, at);
    tokens.push(token);
    at += length;
    at += match(blank, text, at)?.length ?? 0;
  }
  tokens.push({ type: 'end', text: 'the end', column: text.length + 1, isQuoted: false });
  return tokens;
}

function tokenAt(source: Source, at: number): { token: Token; length: number } {
  const { text } = source;
  const made = (type: Token['type'], raw: string, meaning = raw) => ({
    token: { type, text: meaning, column: at + 1, isQuoted: raw.startsWith('`') },
    length: raw.length,
  });
  const digits = match(number, text, at);
  if (digits !== undefined) {
    if (/[\w.]/.test(text[at + digits.length] ?? '')) source.fail(at + 1, 'This is neither a number nor a name.');
    return made('number', digits);
  }
  const word = match(name, text, at);
  if (word !== undefined) return made('name', word);
  const quoted = match(quotedName, text, at);
  if (quoted !== undefined) return made('name', quoted, quoted.slice(1, -1));
  const literal = match(string, text, at);
  if (literal !== undefined) return made('string', literal, unescaped(literal.slice(1, -1)));
  const sign = match(operator, text, at);
  const remedy = remedies.get(sign ?? '');
  if (remedy) source.fail(at + 1, remedy);
  if (sign !== undefined) return made('operator', sign);
  return source.fail(at + 1, `${JSON.stringify(text[at])} is not understood here.`);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
}
