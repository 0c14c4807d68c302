interface Ends<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** A promise with its two ends in hand. It is handled from birth, so that nobody has to await it. */
export class Deferred<T> implements Ends<T> {
  readonly promise: Promise<T>;
  #ends: Ends<T> | undefined;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#ends = { resolve, reject };
    });
    this.promise.catch(() => {}); // whoever cares awaits it; unhandled, it would end the caller
  }

  resolve(value: T): void {
    this.#ends?.resolve(value);
  }

  reject(error: unknown): void {
    this.#ends?.reject(error);
  }
}
