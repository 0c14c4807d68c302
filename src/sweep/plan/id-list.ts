const words = 3; // of 32 bits: 24 hex digits

/** Ids in order, each once, found by place or by id; some 20 bytes each. */
export class IdList {
  #ids = new Uint32Array(words * 1024);
  /** Open addressing: places plus one, at most half of it full. */
  #table = new Int32Array(2048);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Whether it was not there already. */
  add(id: string): boolean {
    if ((this.#length + 1) * 2 > this.#table.length) this.#grow();
    const start = this.#length * words;
    for (let i = 0; i < words; i++) this.#ids[start + i] = wordOf(id, i);
    const cell = this.#cellOf(start);
    if (this.#table[cell] !== 0) return false;
    this.#table[cell] = ++this.#length;
    return true;
  }

  at(index: number): string {
    let id = '';
    for (let i = 0; i < words; i++) id += (this.#ids[index * words + i] as number).toString(16).padStart(8, '0');
    return id;
  }

  /** -1 if it is not there. */
  indexOf(id: string): number {
    if (!/^[0-9a-f]{24}$/.test(id)) return -1;
    if ((this.#length + 1) * 2 > this.#table.length) this.#grow();
    const start = this.#length * words; // behind the last is room for one to compare with
    for (let i = 0; i < words; i++) this.#ids[start + i] = wordOf(id, i);
    return (this.#table[this.#cellOf(start)] as number) - 1;
  }

  /** Where the id is that begins at `start`, or where it would be. */
  #cellOf(start: number): number {
    const ids = this.#ids;
    const mask = this.#table.length - 1;
    for (let cell = (ids[start] as number) & mask; ; cell = (cell + 1) & mask) {
      const place = this.#table[cell] as number;
      if (place === 0) return cell;
      const other = (place - 1) * words;
      if (ids[other] === ids[start] && ids[other + 1] === ids[start + 1] && ids[other + 2] === ids[start + 2])
        return cell;
    }
  }

  #grow(): void {
    const ids = new Uint32Array(this.#ids.length * 2);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#table = new Int32Array(this.#table.length * 2);
    for (let i = 0; i < this.#length; i++) this.#table[this.#cellOf(i * words)] = i + 1;
  }
}

/** By hand: a million ids are read in a fraction of the time that `parseInt` takes. */
function wordOf(id: string, index: number): number {
  let word = 0;
  for (let i = index * 8; i < index * 8 + 8; i++) {
    const code = id.charCodeAt(i);
    word = (word << 4) | (code < 58 ? code - 48 : code - 87);
  }
  return word >>> 0;
}
