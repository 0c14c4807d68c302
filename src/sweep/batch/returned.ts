import { Fifo } from '../../base/fifo.js';

/** Tasks that were given back, by the leaf whose values they need. */
export class Returned {
  readonly #lists = new Map<number, { readonly front: Fifo<number>; readonly rest: Fifo<number> }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(leaf: number, position: number, { front }: { readonly front: boolean }): void {
    let list = this.#lists.get(leaf);
    if (!list) {
      list = { front: new Fifo(), rest: new Fifo() };
      this.#lists.set(leaf, list);
    }
    (front ? list.front : list.rest).push(position);
    this.#size++;
  }

  /** Leaves for which something waits, the one that waits longest first. */
  leaves(): Iterable<number> {
    return this.#lists.keys();
  }

  hasFront(leaf: number): boolean {
    return (this.#lists.get(leaf)?.front.length ?? 0) > 0;
  }

  /** The next one for a leaf: what is to be done soon first, the rest as it came back. */
  take(leaf: number): number | undefined {
    const list = this.#lists.get(leaf);
    if (!list) return undefined;
    const position = list.front.shift() ?? list.rest.shift();
    this.#size--;
    if (list.front.length + list.rest.length === 0) this.#lists.delete(leaf);
    return position;
  }
}
