import { readText } from '../../task/resources/read-text.js';

/** Where keys come from: `process.stdin`. */
export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

/** Keys, one by one, from a terminal; while nobody reads them it is as it was before. */
export class Keyboard {
  readonly #input: InputStream;
  readonly #onKey: (key: string) => void;
  #isOpen = false;
  readonly #onData = (data: Buffer | string): void => {
    const text = data.toString();
    if (text.startsWith('\u001b')) return; // an arrow, or the like
    for (const key of text) this.#onKey(key);
  };

  constructor(input: InputStream, onKey: (key: string) => void) {
    this.#input = input;
    this.#onKey = onKey;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#input.setRawMode?.(true);
    this.#input.on('data', this.#onData);
    this.#input.resume();
  }

  /** Never throws: the terminal may be gone. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#input.off('data', this.#onData);
    this.#input.pause();
    try {
      this.#input.setRawMode?.(false);
    } catch {
      // there is nothing left to put in order
    }
  }
}

/** Whether keys are for this process: one in the background that touches the terminal is stopped by the system. */
export function isInForeground(): boolean {
  const stat = readText('/proc/self/stat');
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return !fields || fields[2] === fields[5]; // its process group, and the terminal's
}
