import { isCount } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { TableData } from './table-data.js';
import { textColumnsOf } from './text-table.js';
import { cut } from './text-width.js';

/** A table as GitHub's Markdown has it, numbers to the right. `width`: of a column at most. */
export function markdownOf({ columns, rows }: TableData, { width }: { width?: number } = {}): string {
  if (width !== undefined && isCount(width)) throw new OptionError(`The option "width" takes ${isCount(width)}.`);
  const made = textColumnsOf(columns, rows).map(({ name, isRight, cells }) => {
    const texts = [name, ...cells].map((text) => escaped(width === undefined ? text : cut(text, width)));
    return { isRight, texts };
  });
  const lines = [0, ...rows.map((_, index) => index + 1)].map((at) => line(made.map(({ texts }) => texts[at] ?? '')));
  const rule = line(made.map(({ isRight }) => (isRight ? '---:' : '---')));
  return `${[lines[0], rule, ...lines.slice(1)].join('\n')}\n`;
}

function line(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}

/** What Markdown or HTML would take for its own. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\|`*_[\]~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
}
