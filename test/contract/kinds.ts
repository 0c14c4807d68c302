import type { Kind } from 'pyworkers';

/** A kind of worker and in what it differs from the others. */
export interface KindUnderTest {
  readonly kind: Kind;
  /** Has a thread or process of its own, which can be ended whatever it does. */
  readonly isIsolated: boolean;
  /** A target that blocks is cut off, and the host lives on to tell its state. */
  readonly survivesInterrupt: boolean;
}

const kinds: readonly KindUnderTest[] = [
  { kind: 'thread', isIsolated: true, survivesInterrupt: false },
  { kind: 'process', isIsolated: true, survivesInterrupt: true },
  { kind: 'inline', isIsolated: false, survivesInterrupt: false },
];

/** The same suite for every kind; with `isolated`, only for those that can be forced. */
export function onEachKind(
  title: string,
  suite: (under: KindUnderTest) => void,
  options: { isolated?: boolean } = {},
): void {
  for (const under of kinds) {
    if (options.isolated && !under.isIsolated) continue;
    describe(`${title} (${under.kind})`, () => suite(under));
  }
}
