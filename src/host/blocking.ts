import type { Duplex, Writable } from 'node:stream';

/**
 * Lets writes to a pipe wait while it is full, instead of queueing: so whatever was written is on its way even when the
 * target exits the process in the next line. Node does this for Windows only, and by no public name.
 */
export function makeBlocking(stream: Duplex | Writable): void {
  const { _handle: handle } = stream as unknown as { _handle?: { setBlocking?(isBlocking: boolean): void } };
  handle?.setBlocking?.(true);
}

/** The same for a standard stream, once somebody uses it: making one takes its time. */
export function blockWhenFull(name: 'stdout' | 'stderr'): void {
  const make = Object.getOwnPropertyDescriptor(process, name)?.get;
  if (!make) return;
  let stream: Writable | undefined;
  const get = (): Writable => {
    if (stream) return stream;
    stream = make.call(process) as Writable;
    makeBlocking(stream);
    return stream;
  };
  Object.defineProperty(process, name, { get, configurable: true, enumerable: true });
}
