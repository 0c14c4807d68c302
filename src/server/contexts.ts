const KEPT_BYTES_MAX = 1024 ** 3;

/** What callers have left on a server for several workers: targets with their arguments, as bytes that nobody opens here. */
export class Contexts {
  readonly #kept = new Map<string, readonly Buffer[]>();
  #bytes = 0;

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  /** Takes the name, so that nobody else can, before the bytes are there. */
  reserve(id: string): void {
    this.#kept.set(id, []);
  }

  /** False: there is no room for as much. */
  keep(id: string, chunks: readonly Buffer[]): boolean {
    const bytes = sizeOf(chunks);
    if (this.#bytes + bytes > KEPT_BYTES_MAX) return false;
    this.#bytes += bytes;
    this.#kept.set(id, chunks);
    return true;
  }

  get(id: string): readonly Buffer[] | undefined {
    return this.#kept.get(id);
  }

  drop(id: string): void {
    this.#bytes -= sizeOf(this.#kept.get(id) ?? []);
    this.#kept.delete(id);
  }
}

function sizeOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
