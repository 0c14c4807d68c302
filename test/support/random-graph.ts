import type { Random } from './random.js';

type Make = (graph: RandomGraph) => unknown;

interface ViewConstructor {
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): ArrayBufferView;
}

const WORDS = [
  '',
  'a',
  'b',
  'key',
  'constructor',
  '__proto__',
  'toJSON',
  '\ud800',
  'length',
  '0',
  '17',
  '-1',
  'é漢🦊',
] as const;

const primitives: readonly [Make, ...Make[]] = [
  () => undefined,
  () => null,
  ({ random }) => random.isOnceIn(2),
  ({ random }) => random.oneOf([0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, -(2 ** 53), 0.1, 5e-324]),
  ({ random }) => (random.fraction() - 0.5) * 10 ** random.below(20),
  ({ random }) => random.oneOf(WORDS).repeat(random.below(4)),
  ({ random }) => BigInt(random.below(2 ** 31)) ** BigInt(random.below(9)) * (random.isOnceIn(2) ? 1n : -1n),
];

const containers: readonly [Make, ...Make[]] = [
  (graph) => fillArray(graph),
  (graph) => fillArray(graph),
  (graph) => fillRecord(graph),
  (graph) => fillRecord(graph),
  (graph) => fillMap(graph),
  (graph) => fillSet(graph),
  ({ random }) => new Date(random.oneOf([0, Number.NaN, -1, 8.64e15])),
  ({ random }) => Object.assign(/a(?<b>\d)/gu, { lastIndex: random.below(3) }),
  ({ random }) => Object(random.oneOf([1, -0, 'boxed', '\udc00', true, 12n])),
  ({ random }) => new (random.oneOf([Error, RangeError, TypeError]))(random.oneOf(WORDS)),
  (graph) => graph.buffer(),
  (graph) => viewOf(graph),
  (graph) => viewOf(graph),
];

/** Makes values of everything a structured clone carries, with cycles and with objects in several places. */
export class RandomGraph {
  readonly random: Random;
  readonly #made: object[] = [];
  readonly #buffers: ArrayBuffer[] = [];
  #budget: number;

  constructor(random: Random) {
    this.random = random;
    this.#budget = random.below(120);
  }

  root(): unknown[] {
    return [this.value(), this.value(), fillRecord(this), fillArray(this), this.value()];
  }

  value(): unknown {
    this.#budget -= 1;
    const { random } = this;
    const known = this.#made[random.below(this.#made.length)];
    if (known && random.isOnceIn(6)) return known;
    if (this.#budget < 0 || random.isOnceIn(2)) return random.oneOf(primitives)(this);
    return random.oneOf(containers)(this);
  }

  /** From now on it may be met again, in itself too. */
  remember<T extends object>(made: T): T {
    this.#made.push(made);
    return made;
  }

  buffer(): ArrayBuffer {
    const { random } = this;
    const known = this.#buffers[random.below(this.#buffers.length)];
    if (known && random.isOnceIn(2)) return known;
    const byteLength = random.isOnceIn(8) ? 40_000 : random.below(5) * 8;
    const buffer = random.isOnceIn(6)
      ? new ArrayBuffer(byteLength, { maxByteLength: byteLength + 8 })
      : new ArrayBuffer(byteLength);
    new Uint8Array(buffer).fill(random.below(256));
    this.#buffers.push(buffer);
    return this.remember(buffer);
  }

  key(): string {
    return this.random.isOnceIn(3) ? `k${this.random.below(1000)}` : this.random.oneOf(WORDS);
  }
}

function fillArray(graph: RandomGraph): unknown[] {
  const { random } = graph;
  const array = graph.remember<unknown[]>([]);
  for (let i = random.below(5); i > 0; i--) array.push(graph.value());
  if (random.isOnceIn(6)) array.length += random.below(4);
  if (random.isOnceIn(8)) Object.assign(array, { extra: graph.value() });
  if (random.isOnceIn(20)) array.push(...new Array(1100).fill(random.below(9)));
  return array;
}

function fillRecord(graph: RandomGraph): object {
  const record = graph.remember({});
  for (let i = graph.random.below(5); i > 0; i--) {
    const descriptor = { value: graph.value(), enumerable: true, configurable: true, writable: true };
    Object.defineProperty(record, graph.key(), descriptor); // `__proto__` too
  }
  return record;
}

function fillMap(graph: RandomGraph): Map<unknown, unknown> {
  const map = graph.remember(new Map());
  for (let i = graph.random.below(4); i > 0; i--) map.set(graph.value(), graph.value());
  return map;
}

function fillSet(graph: RandomGraph): Set<unknown> {
  const set = graph.remember(new Set());
  for (let i = graph.random.below(4); i > 0; i--) set.add(graph.value());
  return set;
}

function viewOf(graph: RandomGraph): ArrayBufferView {
  const { random } = graph;
  const buffer = graph.buffer();
  const View = random.oneOf<ViewConstructor>([Uint8Array, Int16Array, Float64Array, BigInt64Array, DataView]);
  const unit = View.BYTES_PER_ELEMENT ?? 1; // a DataView counts in bytes
  const byteOffset = unit * random.below(Math.floor(buffer.byteLength / unit) + 1);
  const length = random.below(Math.floor((buffer.byteLength - byteOffset) / unit) + 1);
  return graph.remember(new View(buffer, byteOffset, length));
}
