import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterLooking, type Timer } from '../base/deadline.js';

const PENDING_MAX = 128;
const DESCRIPTORS_ASSUMED = 1024;

/**
 * The connections that have not proven yet who they are: few, and each for a short while. When too many come, the
 * oldest ones go, so that nobody can keep others out by standing in the door.
 */
export class Doorstep {
  readonly #waiting = new Map<Socket, Timer>();
  readonly #max = Math.min(PENDING_MAX, Math.floor(descriptorLimit() / 4));
  readonly #onDropped: (socket: Socket, why: string) => void;

  constructor(onDropped: (socket: Socket, why: string) => void) {
    this.#onDropped = onDropped;
  }

  get size(): number {
    return this.#waiting.size;
  }

  enter(socket: Socket, timeoutMs: number): void {
    this.#waiting.set(
      socket,
      afterLooking(timeoutMs, () => this.#drop(socket, `it did not prove itself within ${timeoutMs} ms`), {
        ref: false,
      }),
    );
    socket.once('close', () => this.leave(socket));
    const [oldest] = this.#waiting.keys();
    if (oldest && this.#waiting.size > this.#max) this.#drop(oldest, 'too many others came');
  }

  /** It has proven itself, or is gone. */
  leave(socket: Socket): void {
    this.#waiting.get(socket)?.cancel();
    this.#waiting.delete(socket);
  }

  /** The same, known by the encrypted socket above it. */
  leaveBy(above: Socket): void {
    for (const socket of this.#waiting.keys()) if (isSameConnection(socket, above)) this.leave(socket);
  }

  clear(): void {
    for (const socket of [...this.#waiting.keys()]) socket.destroy();
  }

  #drop(socket: Socket, why: string): void {
    this.leave(socket);
    this.#onDropped(socket, why);
    socket.destroy();
  }
}

function isSameConnection(a: Socket, b: Socket): boolean {
  return a.remotePort === b.remotePort && a.remoteAddress === b.remoteAddress;
}

function descriptorLimit(): number {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return line ? Number(line[1]) : DESCRIPTORS_ASSUMED;
  } catch {
    return DESCRIPTORS_ASSUMED;
  }
}
