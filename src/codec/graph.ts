/**
 * A value as a table: each object, once, is a node; inside a node a primitive stands for itself and `[n]` for
 * node n. So cycles, shared references and everything msgpack has no word for become plain data.
 */
export type Graph = readonly Node[];

/** A primitive that msgpack carries as it is, or the number of a node. */
export type Child = string | number | boolean | null | undefined | readonly [node: number];

export type Node = RecordNode | TaggedNode;

/** An ordinary object: itself, so that msgpack's records make it small. */
type RecordNode = { readonly [key: string]: Child };

export type TaggedNode =
  | readonly ['array', ...Child[]]
  | readonly ['sparse', length: number, ...Pairs]
  | readonly ['object', ...Pairs]
  | readonly ['map', ...Child[]]
  | readonly ['set', ...Child[]]
  | readonly ['date', number | undefined]
  | readonly ['regexp', source: Child, flags: string, lastIndex: number]
  | readonly ['boxed', Child]
  | readonly ['is', Child]
  | readonly ['-0']
  | readonly ['bigint', string]
  | readonly ['utf16', Uint8Array]
  | readonly ['bytes', Uint8Array, byteLengthMax: number | undefined]
  | readonly ['attached', attachment: number, byteLengthMax?: number | undefined]
  | readonly ['view', type: string, buffer: Child, byteOffset: number, length: number]
  | readonly ['error', classNames: readonly string[], ...properties: Child[]]
  | readonly ['domexception', message: string, name: string, ...properties: Child[]]
  | readonly ['registered', name: string, packed: Child];

type Pairs = Child[]; // key, value, key, value

/** What leaves a value beside its bytes: large buffers, and what only threads can share. */
export interface AttachmentSink {
  /** Whether the carrier clones and shares by itself, as a MessagePort does. */
  readonly shares: boolean;
  /** Whether what is attached is read before the sender can change it. */
  readonly leavesAtOnce: boolean;
  readonly transfer: ReadonlySet<unknown>;
  add(attachment: unknown): number;
}

/** What the parts of the codec ask of whoever makes the graph. `n` is the node that they describe. */
export interface Flattener {
  readonly sink: AttachmentSink;
  /** Views of parts of a buffer, by the number of their node: what they share is known when all are met. */
  readonly parts: Map<ArrayBuffer, Map<number, ArrayBufferView>>;
  isKnown(value: object): boolean;
  /** How a value stands inside node `n`; `step` is its place there, as one would write it in code. */
  child(value: unknown, n: number, step: string): Child;
  /** Reads a property; a getter that throws is the value's fault, and its path is told. */
  read(from: object, key: string, n: number, step: string): unknown;
  /** A node that stands for no object of the value's own. */
  add(node: Node): Child;
  /** A node that cannot be sent: an error with its path, or in a lenient place its description. */
  refuseNode(what: string, n: number): Node;
}
