import { openSync, writeSync } from 'node:fs';
import type { Channel } from '../channel/channel.js';
import type { Flags } from '../protocol/flags.js';
import type { Order, Report } from '../protocol/messages.js';

/** Where a thread's stdout and stderr go. (A process has real ones.) */
export type ThreadOutput = 'inherit' | 'pipe' | 'ignore' | { readonly file: string };

const PENDING_BYTES_MAX = 4 * 1024 * 1024;
const WAIT_MS = 1000;

type Write = (bytes: Uint8Array) => void;
type Done = (error?: Error | null) => void;

/**
 * A thread's own streams hand everything to the main thread and lose what is under way when the thread ends. These
 * write at once, and wait when the other side cannot keep up, so nothing is lost and nothing piles up.
 */
export function directOutput(output: ThreadOutput, link: { channel: Channel<Report, Order>; flags: Flags }): void {
  const file = typeof output === 'object' ? openSync(output.file, 'a') : undefined;
  for (const [name, fd] of [
    ['stdout', 1],
    ['stderr', 2],
  ] as const) {
    const write = output === 'pipe' ? reporting(name, link) : output === 'ignore' ? () => {} : writing(file ?? fd);
    replaceWrite(process[name], write);
  }
}

function replaceWrite(stream: NodeJS.WriteStream, write: Write): void {
  stream.write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    const callback = typeof encoding === 'function' ? encoding : done;
    write(typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk);
    if (callback) process.nextTick(callback);
    return true;
  };
}

function writing(fd: number): Write {
  return (bytes) => {
    for (let at = 0; at < bytes.byteLength; ) at += writeSome(fd, bytes.subarray(at));
  };
}

function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return bytes.byteLength; // nobody reads it any more
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // a full pipe: look again in a millisecond
    return 0;
  }
}

function reporting(
  stream: 'stdout' | 'stderr',
  { channel, flags }: { channel: Channel<Report, Order>; flags: Flags },
): Write {
  return (bytes) => {
    channel.send({ type: 'output', stream, payload: bytes });
    channel.flush();
    const pendingBytes = flags.addPendingOutput(bytes.byteLength);
    if (pendingBytes > PENDING_BYTES_MAX) flags.awaitOutputTaken(pendingBytes, WAIT_MS);
  };
}
