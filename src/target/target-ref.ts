/** What travels instead of a function. */
export type TargetRef =
  /** An export of a module; `path` leads from the module's namespace to the function, usually in one step. */
  | { readonly type: 'export'; readonly url: string; readonly path: readonly string[]; readonly name: string }
  /** The place where the function was defined, in a module that is still being evaluated; the host looks which export lies there. */
  | (Place & { readonly type: 'place'; readonly name: string; readonly source: string })
  /** The text of a self-contained function; `place` makes its stack traces and imports point where it was written. */
  | { readonly type: 'source'; readonly source: string; readonly name: string; readonly place?: Place };

export interface Place {
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

export type AnyFunction = (...args: never[]) => unknown;
