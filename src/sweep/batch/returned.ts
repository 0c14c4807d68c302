import { Fifo } from '../../base/fifo.js';

/** Tasks that were given back, by the leaf whose values they need. */
export class Returned {
  readonly #lists = new Map<number, { readonly front: number[]; readonly rest: Fifo<number> }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(leaf: number, position: number, { front }: { readonly front: boolean }): void {
    let list = this.#lists.get(leaf);
    if (!list) {
      list = { front: [], rest: new Fifo() };
      this.#lists.set(leaf, list);
    }
    if (front) insert(list.front, position);
    else list.rest.push(position);
    this.#size++;
  }

  /** Leaves for which something waits, the one that waits longest first. */
  leaves(): Iterable<number> {
    return this.#lists.keys();
  }

  hasFront(leaf: number): boolean {
    return (this.#lists.get(leaf)?.front.length ?? 0) > 0;
  }

  /** The next one for a leaf: what is to be done soon first, in its order, the rest as it came back. */
  take(leaf: number): number | undefined {
    const list = this.#lists.get(leaf);
    if (!list) return undefined;
    const position = list.front.shift() ?? list.rest.shift();
    this.#size--;
    if (list.front.length + list.rest.length === 0) this.#lists.delete(leaf);
    return position;
  }
}

/** Such a list is short: what one worker had at once. */
function insert(sorted: number[], position: number): void {
  const at = sorted.findLastIndex((each) => each < position) + 1;
  sorted.splice(at, 0, position);
}
