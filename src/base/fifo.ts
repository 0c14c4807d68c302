const TRIM_MIN = 1024;

/** First in, first out, without moving the rest at each taking. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.length === 0) return undefined;
    this.#items[this.#head++] = undefined;
    if (this.#head >= TRIM_MIN && this.#head * 2 > this.#items.length) this.#trim();
    return item;
  }

  /** Takes back what was pushed last. */
  pop(): T | undefined {
    return this.length === 0 ? undefined : this.#items.pop();
  }

  /** Takes out the first item that is wanted, wherever it stands. */
  remove(isWanted: (item: T) => boolean): T | undefined {
    this.#trim();
    const at = this.#items.findIndex((item) => isWanted(item as T)); // trimmed: all of them are items
    return at < 0 ? undefined : this.#items.splice(at, 1)[0];
  }

  clear(): T[] {
    this.#trim();
    return this.#items.splice(0) as T[];
  }

  #trim(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
