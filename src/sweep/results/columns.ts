import { OptionError } from '../../base/errors.js';
import type { Column, TableData } from './table-data.js';

/** The column of that name; an error that names all of them, where there is none. */
export function columnOf({ columns }: TableData, name: string): Column {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  const names = columns.map((column) => column.name).join(', ') || 'none';
  throw new OptionError(`There is no column "${name}". The columns are: ${names}.`);
}
