import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';
import { cellsOf } from './cells-of.js';
import type { ColumnType, TableData } from './table-data.js';

const basicTypes: Readonly<Record<ColumnType, BasicType>> = {
  int: 'INT64',
  float: 'DOUBLE',
  bool: 'BOOLEAN',
  string: 'STRING',
  json: 'STRING',
  null: 'STRING',
};

/** A Parquet file. Which of its columns are parameters is in its metadata, as `pyworkers.columns`. Loaded when it is needed. */
export function parquetOf(data: TableData): Uint8Array {
  const columnData = data.columns.map((column) => {
    const { type, cells } = cellsOf(data, column);
    return { name: column.name, type: basicTypes[type], data: [...cells], nullable: true };
  });
  const kvMetadata = [{ key: 'pyworkers.columns', value: JSON.stringify(data.columns) }];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata }));
}
