/** One thing that is wrong in a file. Lines and columns count from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const toldMax = 20;

/** A sweep's file cannot be used. Its message has a line for each problem: `sweep.yaml:12:3: unknown key "lmit"`. */
export class SweepFileError extends Error {
  override readonly name = 'SweepFileError';
  readonly code = 'ERR_SWEEP_FILE';
  readonly path: string;
  /** All that were found, in the order of the file; empty where it is the file as a whole. */
  readonly problems: readonly Problem[];

  constructor(path: string, problems: readonly Problem[] | string, options: { readonly cause?: unknown } = {}) {
    const isWhole = typeof problems === 'string';
    super(isWhole ? `${path}: ${problems}` : linesOf(path, problems), options);
    this.path = path;
    this.problems = isWhole ? [] : problems;
  }
}

function linesOf(path: string, problems: readonly Problem[]): string {
  const lines = problems.slice(0, toldMax).map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
  const more = problems.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more.`] : [])].join('\n');
}
