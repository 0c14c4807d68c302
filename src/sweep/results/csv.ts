import type { Value } from '../../task/value.js';
import type { TableData } from './table-data.js';

export interface CsvOptions {
  /**
   * Made for a spreadsheet: an apostrophe goes before texts that it would take for a formula (those that begin with `=`,
   * `+`, `-`, `@`, a tab or a line break), and a mark of UTF-8 at the beginning. Default `false`: every value as it is.
   */
  readonly forSpreadsheet?: boolean;
}

/**
 * As RFC 4180 has it, in UTF-8: a header, lines that end in CRLF, quotes where needed. `null` is an empty field, an empty
 * text is `""`. Lists and objects are their JSON.
 */
export function csvOf({ columns, rows }: TableData, { forSpreadsheet = false }: CsvOptions = {}): string {
  const textOf = (value: Value): string => field(value, forSpreadsheet ? harmless : unchanged);
  const lines = rows.map((row) => columns.map(({ name }) => textOf(row[name] ?? null)).join());
  const header = columns.map(({ name }) => textOf(name)).join();
  return `${forSpreadsheet ? '\uFEFF' : ''}${[header, ...lines].join('\r\n')}\r\n`;
}

function field(value: Value, guard: (text: string) => string): string {
  if (value === null) return '';
  if (typeof value === 'string') return quoted(guard(value));
  return typeof value === 'object' ? quoted(JSON.stringify(value)) : String(value);
}

function quoted(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function harmless(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

function unchanged(text: string): string {
  return text;
}
