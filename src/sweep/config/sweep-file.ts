import type { SweepSpec } from '../run/spec.js';

export interface LoadOptions {
  /** Only the spaces of these titles. */
  readonly titles?: readonly string[];
  /** Only these of the commands. */
  readonly only?: readonly string[];
  /** So many points of each space, drawn by chance but the same each time; all where there are fewer. */
  readonly samplePerSpace?: number;
}

/** A sweep's file that was read and found to be in order. */
export interface SweepFile {
  readonly spec: SweepSpec;
  /** `runner`: YAML of several documents, as simtony/runner reads it. */
  readonly kind: 'yaml' | 'module' | 'runner';
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** What the file says and has no effect. */
  readonly notes: readonly string[];
  /** What Node has to be started with before the sweep is run, by `--import`, so that workers can load its TypeScript. */
  readonly needsLoader?: string;
}
