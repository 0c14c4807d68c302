import type { SweepEvents } from '../run/sweep-events.js';

/** A sweep, as far as its events go. */
export interface Listened {
  on<E extends keyof SweepEvents>(event: E, listener: SweepEvents[E]): unknown;
  off<E extends keyof SweepEvents>(event: E, listener: SweepEvents[E]): unknown;
}

/** Listens to several events. Returns how to end that. */
export function listen(to: Listened, listeners: Partial<SweepEvents>): () => void {
  const names = Object.keys(listeners) as (keyof SweepEvents)[]; // of an object with these keys only
  for (const name of names) attach(to, name, listeners[name]);
  return () => {
    for (const name of names) detach(to, name, listeners[name]);
  };
}

function attach<E extends keyof SweepEvents>(to: Listened, name: E, listener: SweepEvents[E] | undefined): void {
  if (listener) to.on(name, listener);
}

function detach<E extends keyof SweepEvents>(to: Listened, name: E, listener: SweepEvents[E] | undefined): void {
  if (listener) to.off(name, listener);
}
