import { closeSync, openSync, readSync } from 'node:fs';

const BLOCK_BYTES = 32 * 1024;
const newline = 10;

/** Reads single lines of journals. Those that follow one another cost next to nothing: what was read last is kept. */
export class LineReader {
  #path = '';
  #from = 0;
  #bytes: Buffer = Buffer.alloc(0);

  /** The line that begins at this byte. */
  lineAt(path: string, at: number): string {
    for (let size = BLOCK_BYTES; ; size *= 8) {
      const begin = at - this.#from;
      const isHeld = path === this.#path && begin >= 0 && begin < this.#bytes.length;
      const end = isHeld ? this.#bytes.indexOf(newline, begin) : -1;
      if (end >= 0) return this.#bytes.toString('utf8', begin, end);
      const count = this.#read(path, at, size);
      if (count < size && !this.#bytes.includes(newline)) return this.#bytes.toString('utf8'); // the last one, without its end
    }
  }

  #read(path: string, at: number, size: number): number {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.allocUnsafe(size);
      const count = readSync(file, bytes, 0, size, at);
      this.#path = path;
      this.#from = at;
      this.#bytes = bytes.subarray(0, count);
      return count;
    } finally {
      closeSync(file);
    }
  }
}
