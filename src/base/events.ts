import { EventEmitter } from 'eventemitter3';

export type Listeners = { readonly [name: string]: (...values: never[]) => void };

type AnyListener = (...values: unknown[]) => void; // what L says of a listener is erased inside only

/** Typed events whose listeners cannot hurt the emitter: what a listener throws becomes an uncaught exception of its own. */
export class Events<L extends Listeners> {
  readonly #emitter = new EventEmitter();

  on<K extends keyof L & string>(name: K, listener: L[K]): void {
    this.#emitter.on(name, listener as unknown as AnyListener);
  }

  off<K extends keyof L & string>(name: K, listener: L[K]): void {
    this.#emitter.off(name, listener as unknown as AnyListener);
  }

  /** Whether anybody listens. */
  has<K extends keyof L & string>(name: K): boolean {
    return this.#emitter.listenerCount(name) > 0;
  }

  emit<K extends keyof L & string>(name: K, ...values: Parameters<L[K]>): void {
    for (const listener of this.#emitter.listeners(name)) {
      try {
        listener(...values);
      } catch (error) {
        setImmediate(() => {
          throw error;
        });
      }
    }
  }
}
