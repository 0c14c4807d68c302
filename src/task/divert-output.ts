import type { LogFile } from './log-file.js';

type Done = (error?: Error | null) => void;

/** A task that was cut off had no chance to undo its own. */
let undoLast = (): void => {};

/**
 * While a task runs, what its JavaScript prints goes to its log, and to the console too if `echo` says so. What other
 * programs write to the inherited descriptors does not pass here: it stays where the worker's own output goes.
 */
export function divertOutput(log: LogFile, { echo }: { readonly echo: boolean }): () => void {
  undoLast();
  const restore = [process.stdout, process.stderr].map((stream) => divert(stream, log, echo));
  undoLast = () => {
    undoLast = () => {};
    for (const undo of restore) undo();
    log.close();
  };
  return () => undoLast();
}

function divert(stream: NodeJS.WriteStream, log: LogFile, echo: boolean): () => void {
  const had = Object.hasOwn(stream, 'write');
  const write = stream.write;
  const replaced = (chunk: Uint8Array | string, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    const callback = typeof encoding === 'function' ? encoding : done;
    log.write(typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk);
    if (echo) return write.call(stream, chunk as string, encoding as BufferEncoding, done);
    if (callback) process.nextTick(callback);
    return true;
  };
  stream.write = replaced as typeof stream.write;
  return () => {
    if (stream.write !== replaced) return; // somebody has put their own on top meanwhile
    if (had) stream.write = write;
    else delete (stream as { write?: unknown }).write;
  };
}
