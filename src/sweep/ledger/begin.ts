import type { TaskEnd } from '../../task/record.js';

/** Who is to do a task. */
export interface BeginOptions {
  readonly worker: string;
  readonly gpus?: readonly string[];
  /** Where its worker is; this host if not given. */
  readonly host?: string;
  /** `later`: whoever runs it calls `prepareTaskFolder` itself. Default `now`. */
  readonly params?: 'now' | 'later';
  /** Whether a recorded success is all that is wanted; otherwise it is run again, and counts until that has ended. Default: it is. */
  isEnough?(end: TaskEnd): boolean;
}

export type Begin =
  /** Run it. `path` is its folder, and `attempt` goes into its end. */
  | { readonly type: 'claimed'; readonly attempt: number; readonly path: string }
  /** Another driver is at it, or this one. Ask again later: it may fail, or that driver may die. */
  | { readonly type: 'taken'; readonly by: string }
  /** It has been done, by another driver it may be. */
  | { readonly type: 'done'; readonly end: TaskEnd }
  /** Another driver that is at work, or was since this one is, has given it up. */
  | { readonly type: 'failed'; readonly end: TaskEnd };

/** A record of success counts if it is enough for whoever begins. */
export function doneIfEnough(
  end: TaskEnd | undefined,
  { isEnough }: BeginOptions,
): Extract<Begin, { readonly type: 'done' }> | undefined {
  return end && (isEnough?.(end) ?? true) ? { type: 'done', end } : undefined;
}
