import { isCount } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import { cellOf, withSpread } from './cell.js';
import { printable } from './printable.js';
import { type Column, isNumeric, type Row, type TableData } from './table-data.js';
import { cut, padded, widthOf } from './text-width.js';

const GAP = '  ';
const NARROW = 8; // a column is not cut below that: one goes instead

export interface TextTableOptions {
  /** Of the terminal, in columns. Default 80. */
  readonly width?: number;
  /** Default 20. */
  readonly maxRows?: number;
}

interface TextColumn {
  readonly name: string;
  readonly isRight: boolean;
  readonly cells: readonly string[];
  readonly width: number;
}

/**
 * A table as lines, none wider than `width`: a header, a rule, the rows, and what was left out. Too wide a table has its widest
 * columns cut; if that does not do, the last ones are left out.
 */
export function textTableOf({ columns, rows }: TableData, options: TextTableOptions = {}): string[] {
  const { width = 80, maxRows = 20 } = options;
  for (const [name, value] of Object.entries({ width, maxRows })) {
    if (isCount(value)) throw new OptionError(`The option "${name}" takes ${isCount(value)}.`);
  }
  const shown = rows.slice(0, maxRows);
  const all = textColumnsOf(columns, shown);
  const fitting = fitted(all, width);
  const line = (cellOfColumn: (column: TextColumn) => string): string => {
    return cut(fitting.map((each) => aligned(cellOfColumn(each), each)).join(GAP), width).trimEnd();
  };
  return [
    ...(fitting.length === 0 ? [] : [line(({ name }) => name), line((each) => '─'.repeat(each.width))]),
    ...shown.map((_, index) => line(({ cells }) => cells[index] ?? '')),
    ...leftOut({ rows: rows.length - shown.length, names: all.slice(fitting.length).map(({ name }) => name), width }),
  ];
}

/** A column of deviations goes into the one that it belongs to. */
export function textColumnsOf(columns: readonly Column[], rows: readonly Row[]): TextColumn[] {
  const names = new Set(columns.map(({ name }) => name));
  const spreads = new Map(columns.map(({ name, spreadOf }) => [spreadOf, name]));
  return columns
    .filter(({ spreadOf }) => spreadOf === undefined || !names.has(spreadOf))
    .map((column) => {
      const spread = spreads.get(column.name);
      const cells = rows.map((row) => {
        const value = row[column.name] ?? null;
        return spread === undefined ? cellOf(value) : withSpread(value, row[spread] ?? null);
      });
      const name = printable(column.name);
      const width = cells.reduce((widest, cell) => Math.max(widest, widthOf(cell)), Math.max(1, widthOf(name)));
      return { name, isRight: isNumeric(column), cells, width };
    });
}

function fitted(all: readonly TextColumn[], width: number): TextColumn[] {
  for (let count = all.length; count > 1; count -= 1) {
    const fitting = shrunk(all.slice(0, count), width - GAP.length * (count - 1));
    if (fitting) return fitting;
  }
  return all.slice(0, 1).map((only) => ({ ...only, width: Math.min(only.width, width) }));
}

/** Cuts the widest first: all that are cut end up equally wide. Nothing, if they would get too narrow. */
function shrunk(columns: readonly TextColumn[], width: number): TextColumn[] | undefined {
  const total = (limit: number): number => columns.reduce((sum, each) => sum + Math.min(limit, each.width), 0);
  if (total(NARROW) > width) return undefined;
  let limit = NARROW;
  while (limit < width && total(limit + 1) <= width) limit += 1;
  return columns.map((each) => ({ ...each, width: Math.min(limit, each.width) }));
}

function aligned(text: string, { width, isRight }: TextColumn): string {
  return padded(cut(text, width), { width, isRight });
}

function leftOut({ rows, names, width }: { rows: number; names: readonly string[]; width: number }): string[] {
  const parts = [
    ...(rows > 0 ? [`${rows} more ${rows === 1 ? 'row' : 'rows'}`] : []),
    ...(names.length > 0
      ? [`${names.length} more ${names.length === 1 ? 'column' : 'columns'}: ${names.join(', ')}`]
      : []),
  ];
  return parts.length === 0 ? [] : [cut(`… ${parts.join('; ')}`, width)];
}
