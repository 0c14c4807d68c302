import { extname } from 'node:path';
import { OptionError } from '../../base/errors.js';
import { replaceFile } from './replace-file.js';

/** What can be written. */
interface Writable {
  toCsv(): string;
  toJson(): string;
  toJsonLines(): string;
  toMarkdown(): string;
  toParquet(): Promise<Uint8Array>;
  toArrow(): Promise<Uint8Array>;
}

const formats = new Map<string, (table: Writable) => string | Promise<Uint8Array>>([
  ['.csv', (table) => table.toCsv()],
  ['.json', (table) => table.toJson()],
  ['.jsonl', (table) => table.toJsonLines()],
  ['.ndjson', (table) => table.toJsonLines()],
  ['.md', (table) => table.toMarkdown()],
  ['.parquet', (table) => table.toParquet()],
  ['.arrow', (table) => table.toArrow()],
  ['.feather', (table) => table.toArrow()],
]);

/** The file is there as a whole, or as it was before. */
export async function writeTable(table: Writable, path: string): Promise<void> {
  const format = formats.get(extname(path).toLowerCase());
  if (!format) {
    const known = [...formats.keys()].join(', ');
    throw new OptionError(`Nothing is known of files like "${path}". Let its name end with one of ${known}.`);
  }
  await replaceFile(path, await format(table));
}
