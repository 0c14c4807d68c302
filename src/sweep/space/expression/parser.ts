import type { Value } from '../../../task/value.js';
import { meant } from '../nearest.js';
import type { Evaluate, ExpressionOptions } from './evaluation.js';
import { Nodes, own } from './nodes.js';
import type { Source } from './source.js';
import { type Token, tokensOf } from './tokens.js';

const depthMax = 64;
const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const constants = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
/** Words of the language; a parameter of such a name is written in backticks. */
const words = new Set([...constants.keys(), 'and', 'or', 'not', 'in']);

/** Reads an expression from left to right, each method one level of precedence, the loosest first. */
export class Parser {
  /** The parameters that were met. */
  readonly names = new Set<string>();
  readonly #source: Source;
  readonly #nodes: Nodes;
  readonly #known: ReadonlySet<string> | undefined;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(source: Source, options: ExpressionOptions) {
    this.#source = source;
    this.#nodes = new Nodes(source, { overlooksAbsent: options.absent === 'overlook' });
    this.#known = options.names;
    this.#tokens = tokensOf(source);
  }

  parse(): Evaluate {
    const whole = this.#conditional();
    const { type, text, column } = this.#token;
    if (type !== 'end') this.#source.fail(column, `"${text}" is not expected here.`);
    return whole;
  }

  #conditional(): Evaluate {
    const { column } = this.#token;
    if (++this.#depth > depthMax) this.#source.fail(column, `It is nested deeper than ${depthMax} levels.`);
    const test = this.#or();
    const asks = this.#token.column;
    let result = test;
    if (this.#take('?')) {
      const yes = this.#conditional();
      this.#expect(':');
      result = this.#nodes.conditional(test, asks, [yes, this.#conditional()]);
    }
    this.#depth--;
    return result;
  }

  #or(): Evaluate {
    let left = this.#and();
    for (let column = this.#token.column; this.#take('||', 'or'); column = this.#token.column) {
      left = this.#nodes.choice('||', column, [left, this.#and()]);
    }
    return left;
  }

  #and(): Evaluate {
    let left = this.#not();
    for (let column = this.#token.column; this.#take('&&', 'and'); column = this.#token.column) {
      left = this.#nodes.choice('&&', column, [left, this.#not()]);
    }
    return left;
  }

  /** The word `not` is for all of a comparison; the sign `!` for the next operand. */
  #not(): Evaluate {
    const { column } = this.#token;
    if (!this.#take('not')) return this.#comparison();
    return this.#nested(() => this.#nodes.not(this.#not(), column));
  }

  #comparison(): Evaluate {
    const left = this.#sum();
    const { column } = this.#token;
    const isNegated = this.#isWord(this.#token, 'not') && this.#isWord(this.#tokens[this.#at + 1], 'in');
    if (isNegated) this.#at++;
    const sign = this.#takeOneOf(comparisons);
    if (sign === undefined) return left;
    const result = this.#nodes.operation(sign, column, [left, this.#sum()]);
    const next = this.#token;
    if (comparisons.has(next.text) && next.type !== 'string') {
      this.#source.fail(next.column, 'Comparisons cannot be chained. Write a < b && b < c.');
    }
    return isNegated ? this.#nodes.not(result, column) : result;
  }

  #sum(): Evaluate {
    return this.#leftToRight(new Set(['+', '-']), () => this.#product());
  }

  #product(): Evaluate {
    return this.#leftToRight(new Set(['*', '/', '%']), () => this.#unary());
  }

  #leftToRight(signs: ReadonlySet<string>, operand: () => Evaluate): Evaluate {
    let left = operand();
    for (;;) {
      const { column } = this.#token;
      const sign = this.#takeOneOf(signs);
      if (sign === undefined) return left;
      left = this.#nodes.operation(sign, column, [left, operand()]);
    }
  }

  #unary(): Evaluate {
    const { column } = this.#token;
    if (this.#take('!')) return this.#nested(() => this.#nodes.not(this.#unary(), column));
    if (this.#take('-')) return this.#nested(() => this.#nodes.negative(this.#unary(), column));
    let operand = this.#operand();
    for (let dot = this.#token.column; this.#take('.'); dot = this.#token.column) {
      operand = this.#nodes.member(operand, dot, this.#memberName());
    }
    return operand;
  }

  #operand(): Evaluate {
    const token = this.#token;
    if (this.#take('(')) {
      const inner = this.#conditional();
      this.#expect(')');
      return inner;
    }
    if (this.#take('[')) {
      const items = this.#listUntil(']');
      return (known) => items.map((each) => each(known));
    }
    if (token.type === 'operator' || token.type === 'end') {
      this.#source.fail(
        token.column,
        `A value is expected here, not ${token.type === 'end' ? 'the end' : `"${token.text}"`}.`,
      );
    }
    this.#at++;
    if (token.type === 'number') {
      const value = Number(token.text);
      if (!Number.isFinite(value)) this.#source.fail(token.column, 'This number is too large.');
      return () => value;
    }
    return token.type === 'string' ? () => token.text : this.#named(token);
  }

  #named(token: Token): Evaluate {
    if (!token.isQuoted) {
      const constant = constants.get(token.text);
      if (constant !== undefined) return () => constant;
      if (words.has(token.text)) this.#source.fail(token.column, `A value is expected here, not "${token.text}".`);
      if (this.#take('(')) return this.#nodes.call(token.text, token.column, this.#listUntil(')'));
    }
    const name = this.#longestName(token);
    if (this.#known && !this.#known.has(name)) {
      const hint = meant(name, this.#known) || ` There are: ${[...this.#known].join(', ') || 'none'}.`;
      this.#source.fail(token.column, `There is no parameter "${name}".${hint}${this.#dashHint()}`);
    }
    this.names.add(name);
    return (known) => own(known, name) ?? null;
  }

  /** Names may have dots in them: of `a.b.c` the longest that is known is the parameter, the rest are its properties. */
  #longestName(token: Token): string {
    let name = token.text;
    let longest = { name, at: this.#at };
    for (let at = this.#at; this.#known && !token.isQuoted && this.#tokens[at]?.text === '.'; at += 2) {
      name += `.${this.#tokens[at + 1]?.text}`;
      if (this.#known.has(name)) longest = { name, at: at + 2 };
    }
    this.#at = longest.at;
    return longest.name;
  }

  #dashHint(): string {
    const dashed = [...(this.#known ?? [])].find((name) => name.includes('-') && this.#source.text.includes(name));
    return dashed ? ` A name with a dash is written in backticks: \`${dashed}\`.` : '';
  }

  #memberName(): string {
    const { type, text, column } = this.#token;
    if (type !== 'name') this.#source.fail(column, 'The name of a property is expected after ".".');
    this.#at++;
    return text;
  }

  #listUntil(end: string): readonly Evaluate[] {
    const items: Evaluate[] = [];
    while (!this.#take(end)) {
      if (items.length > 0) this.#expect(',');
      items.push(this.#conditional());
    }
    return items;
  }

  #nested(make: () => Evaluate): Evaluate {
    if (++this.#depth > depthMax) this.#source.fail(this.#token.column, `It is nested deeper than ${depthMax} levels.`);
    const node = make();
    this.#depth--;
    return node;
  }

  get #token(): Token {
    const token = this.#tokens[this.#at] ?? this.#tokens.at(-1);
    if (!token) throw new TypeError('An expression has no end.');
    return token;
  }

  #take(...texts: readonly string[]): boolean {
    return this.#takeOneOf(new Set(texts)) !== undefined;
  }

  #takeOneOf(texts: ReadonlySet<string>): string | undefined {
    const token = this.#token;
    const isWord = token.type === 'operator' || (token.type === 'name' && !token.isQuoted && words.has(token.text));
    if (!isWord || !texts.has(token.text)) return undefined;
    this.#at++;
    return token.text;
  }

  #expect(text: string): void {
    const token = this.#token;
    if (this.#take(text)) return;
    this.#source.fail(
      token.column,
      `"${text}" is expected here, not ${token.type === 'end' ? 'the end' : `"${token.text}"`}.`,
    );
  }

  #isWord(token: Token | undefined, text: string): boolean {
    return token?.type === 'name' && !token.isQuoted && token.text === text;
  }
}
