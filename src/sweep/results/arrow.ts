import {
  bool,
  columnFromArray,
  type DataType,
  float64,
  int64,
  tableFromColumns,
  tableToIPC,
  utf8,
} from '@uwdata/flechette';
import { cellsOf } from './cells-of.js';
import type { Column, ColumnType, TableData } from './table-data.js';

const dataTypes: Readonly<Record<ColumnType, () => DataType>> = {
  int: int64,
  float: float64,
  bool,
  string: utf8,
  json: utf8,
  null: utf8,
};

/** An Arrow IPC file. Loaded when it is needed. */
export function arrowOf(data: TableData): Uint8Array {
  const columns = data.columns.map((column) => [column.name, arrowColumn(data, column)] as const);
  const bytes = tableToIPC(tableFromColumns(columns.map(([name, column]) => [name, column])), { format: 'file' });
  if (!bytes) throw new Error('The Arrow table could not be encoded.');
  return bytes;
}

function arrowColumn(data: TableData, column: Column): ReturnType<typeof columnFromArray> {
  const { type, cells } = cellsOf(data, column);
  return columnFromArray([...cells], dataTypes[type](), { useBigInt: true });
}
