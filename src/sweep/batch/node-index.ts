import { Numbers } from './numbers.js';

const FREE = 0; // nodes are kept as their number plus one

/** The nodes of one level, numbered as they come, found by their parent and value: a hash table without an object a node. */
export class NodeIndex {
  readonly parents = new Numbers();
  readonly values = new Numbers();
  #slots = new Uint32Array(64);

  get size(): number {
    return this.parents.length;
  }

  /** The node's number, a new one if there is none yet. */
  numberOf(parent: number, value: number): number {
    let slot = this.#slotOf(parent, value);
    for (;;) {
      const node = this.#slots[slot] ?? FREE;
      if (node === FREE) return this.#add(slot, { parent, value });
      if (this.parents.at(node - 1) === parent && this.values.at(node - 1) === value) return node - 1;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
  }

  #add(slot: number, { parent, value }: { readonly parent: number; readonly value: number }): number {
    this.parents.push(parent);
    this.values.push(value);
    this.#slots[slot] = this.size;
    if (this.size * 2 > this.#slots.length) this.#grow();
    return this.size - 1;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 4);
    for (let node = 0; node < this.size; node++) {
      let slot = this.#slotOf(this.parents.at(node), this.values.at(node));
      while (this.#slots[slot] !== FREE) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = node + 1;
    }
  }

  #slotOf(parent: number, value: number): number {
    const mixed = Math.imul(parent ^ Math.imul(value, 0x9e3779b1), 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & (this.#slots.length - 1);
  }
}
