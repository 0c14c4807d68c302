import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openLog } from './command/command-log.js';

/** A task's log: made when something is first written to it, never one that was there before. */
export class LogFile {
  readonly #folder: string;
  readonly #command: string;
  #descriptor: number | undefined;
  #isClosed = false;
  /** Its file's name, once there is one. */
  name: string | undefined;

  constructor(folder: string, command: string) {
    this.#folder = folder;
    this.#command = command;
  }

  /** What is written after the end, by a timer say, is added as long as the folder is there. */
  write(bytes: Uint8Array): void {
    if (!this.#isClosed) return this.#append(bytes);
    try {
      this.#append(bytes);
    } catch {
      // nobody would be there to hear it
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#isClosed = true;
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(bytes: Uint8Array): void {
    const descriptor = this.#open();
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(descriptor, bytes, at);
  }

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    if (this.name === undefined) {
      const { name, descriptor } = openLog(this.#folder, this.#command);
      this.name = name;
      this.#descriptor = descriptor;
    }
    this.#descriptor ??= openSync(join(this.#folder, this.name), 'a');
    return this.#descriptor;
  }
}
