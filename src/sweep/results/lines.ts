import { createReadStream } from 'node:fs';

const LONGEST = 1 << 20; // characters: the rest of a longer line is left out

/**
 * The lines of a file, without keeping more than one. A carriage return ends a line as well: progress bars end theirs so.
 * Nothing, where there is no such file.
 */
export async function* linesOf(path: string | undefined): AsyncGenerator<string, void, undefined> {
  if (path === undefined) return;
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 16 });
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split(/[\r\n]+/);
      rest = (lines.pop() ?? '').slice(0, LONGEST);
      for (const line of lines) if (line !== '') yield line.slice(0, LONGEST);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (rest !== '') yield rest;
}
