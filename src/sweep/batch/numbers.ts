/** A list of whole numbers from 0 that grows: four bytes each, so that a million of them are no burden. */
export class Numbers {
  #items: Uint32Array;
  #length = 0;

  constructor(capacity = 16) {
    this.#items = new Uint32Array(capacity);
  }

  /** So many zeros. */
  static zeros(length: number): Numbers {
    const numbers = new Numbers(length);
    numbers.#length = length;
    return numbers;
  }

  get length(): number {
    return this.#length;
  }

  push(item: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Uint32Array(Math.max(16, this.#length * 2));
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#length++] = item;
  }

  /** What stands there; the caller stays within the list. */
  at(position: number): number {
    return this.#items[position] as number; // within the list there is always one
  }

  set(position: number, item: number): void {
    this.#items[position] = item;
  }
}

/** The numbers from 0 to `keys.length`, sorted by their keys, which are below `end`; equal ones stay in order. */
export function sortedBy(keys: Numbers, end: number): Numbers {
  const next = Numbers.zeros(end + 1);
  for (let i = 0; i < keys.length; i++) next.set(keys.at(i) + 1, next.at(keys.at(i) + 1) + 1);
  for (let key = 0; key < end; key++) next.set(key + 1, next.at(key + 1) + next.at(key));
  const sorted = Numbers.zeros(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys.at(i);
    sorted.set(next.at(key), i);
    next.set(key, next.at(key) + 1);
  }
  return sorted;
}
