import type { OutputStream } from './outlet.js';

type Write = (chunk: string | Uint8Array, ...others: unknown[]) => boolean;

/**
 * Has what this process writes to a terminal by itself (a hook that logs, say) told line by line instead, so that it does
 * not tear a picture apart. Returns how to end that.
 */
export function divertWrites(streams: readonly OutputStream[], onLine: (line: string) => void): () => void {
  const undo = streams.filter(({ isTTY }) => isTTY).map((stream) => divert(stream, onLine));
  return () => {
    for (const each of undo) each();
  };
}

function divert(stream: OutputStream, onLine: (line: string) => void): () => void {
  const decoder = new TextDecoder();
  const own = Object.getOwnPropertyDescriptor(stream, 'write');
  let rest = '';
  const write: Write = (chunk, ...others) => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    const callback = others.find((other) => typeof other === 'function');
    if (callback) process.nextTick(callback);
    return true;
  };
  Object.defineProperty(stream, 'write', { value: write, configurable: true, writable: true });
  return () => {
    if (own) Object.defineProperty(stream, 'write', own);
    else Reflect.deleteProperty(stream, 'write'); // the one of its class is there again
    if (rest !== '') onLine(rest);
  };
}
