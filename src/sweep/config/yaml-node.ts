/** What a YAML document holds, with where it stands: `at` counts the characters before it. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly at: number;
  /** By the core rules of YAML 1.2: `yes` and dates are strings. */
  readonly value: string | number | boolean | null;
  /** As it is written, without quotes. */
  readonly text: string;
  /** Neither quoted nor tagged: its type follows from its text. */
  readonly isPlain: boolean;
}

export interface YamlList {
  readonly kind: 'list';
  readonly at: number;
  readonly items: readonly YamlNode[];
}

export interface YamlMap {
  readonly kind: 'map';
  readonly at: number;
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  readonly key: string;
  /** The key itself: `1` and `"1"` are one as text. */
  readonly keyNode: YamlScalar;
  readonly value: YamlNode;
}

/** What a map has under a key. */
export function entryOf(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** For messages: `"many"`, `3`, `a list`. */
export function shown(node: YamlNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'keys and values';
  if (node.value === null) return 'nothing';
  if (typeof node.value !== 'string') return node.text;
  return JSON.stringify(node.text.length > 60 ? `${node.text.slice(0, 59)}…` : node.text);
}
