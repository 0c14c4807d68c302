import { write } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { after } from '../../base/deadline.js';

/** Where a view is written to: `process.stderr`, say. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly fd?: number;
  readonly columns?: number;
  readonly rows?: number;
  readonly writableLength?: number;
  hasColors?(): boolean;
}

const writeAsync = promisify(write);
const QUEUED_MAX = 4 * 1024 * 1024;
const FLUSH_MS = 1000;
const FULL_MS = 50;

export function droppedLines(count: number): string {
  return `(${count} lines were left out: they were not read)`;
}

/**
 * Writes without ever holding up who writes. Node writes to a terminal synchronously, so that one which takes nothing (a
 * connection that hangs) would stop the whole process; here that is left to another thread. A reader that is gone is no
 * error: nothing is written any more.
 */
export class Outlet {
  readonly #stream: OutputStream;
  /** As it is now: what others write later may be diverted. */
  readonly #write: (text: string, onWritten?: () => void) => unknown;
  /** Of a terminal. */
  readonly #fd: number | undefined;
  #queue: string[] = [];
  #queued = 0;
  #draining: Promise<void> | undefined;
  #dropped = 0;
  #isClosed = false;
  readonly #onError = (): void => {
    this.#isClosed = true;
  };

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.#write = stream.write.bind(stream);
    const isTerminal = stream.isTTY === true && process.platform !== 'win32';
    this.#fd = isTerminal ? stream.fd : undefined;
    stream.on('error', this.#onError);
  }

  /** Something that was written before is still on its way. */
  get isBusy(): boolean {
    return this.#bytesQueued > 0;
  }

  write(text: string): void {
    if (this.#isClosed || text === '') return;
    if (this.#fd === undefined) {
      this.#write(text);
      return;
    }
    this.#queue.push(text);
    this.#queued += text.length;
    const fd = this.#fd;
    this.#draining ??= this.#drain(fd).finally(() => {
      this.#draining = undefined;
    });
  }

  /** Where nobody reads for long, lines are left out; `toldAs` says how many, when there is room again. */
  writeLine(line: string, toldAs: (dropped: number) => string): void {
    if (this.#bytesQueued > QUEUED_MAX) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) this.write(`${toldAs(this.#dropped)}\n`);
    this.#dropped = 0;
    this.write(`${line}\n`);
  }

  /** Waits until all is written, for a second at most. */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      const late = after(FLUSH_MS, resolve);
      void this.#written().then(() => {
        late.cancel();
        resolve();
      });
    });
    if (!this.isBusy && !this.#isClosed) this.#stream.off('error', this.#onError);
  }

  async #written(): Promise<void> {
    if (this.#isClosed || !this.isBusy) return;
    if (this.#fd !== undefined) return this.#draining;
    await new Promise<void>((resolve) => this.#write('', resolve));
  }

  get #bytesQueued(): number {
    return this.#fd === undefined ? (this.#stream.writableLength ?? 0) : this.#queued;
  }

  async #drain(fd: number): Promise<void> {
    while (this.#queue.length > 0 && !this.#isClosed) {
      const text = this.#queue.join('');
      this.#queue = [];
      await this.#writeAll(fd, Buffer.from(text));
      this.#queued -= text.length;
    }
  }

  async #writeAll(fd: number, bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length && !this.#isClosed; ) {
      try {
        from += (await writeAsync(fd, bytes, from)).bytesWritten;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') await sleep(FULL_MS);
        else this.#isClosed = true; // the terminal is gone
      }
    }
  }
}
