import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 200;
const CHUNK_BYTES = 64 * 1024;

/** Reads a log while it grows, and holds no more than 64 KB of it. */
export class LogFollower {
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;

  constructor(path: string, onBytes: (bytes: Buffer) => void) {
    this.#done = this.#follow(path, onBytes);
    this.#done.catch(() => {}); // stop() tells it
  }

  /** Resolves when all has been read that is there now. Rejects with what went wrong, or what `onBytes` has thrown. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #follow(path: string, onBytes: (bytes: Buffer) => void): Promise<void> {
    const file = await open(path, 'r');
    try {
      while (!this.#stopping.signal.aborted) {
        await readOn(file, onBytes);
        await sleep(EVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => {}); // stopped: once more
      }
      await readOn(file, onBytes);
    } finally {
      await file.close();
    }
  }
}

async function readOn(file: FileHandle, onBytes: (bytes: Buffer) => void): Promise<void> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
    if (bytesRead === 0) return;
    onBytes(buffer.subarray(0, bytesRead));
  }
}
