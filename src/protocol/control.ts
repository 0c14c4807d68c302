import type { Recalled, UrgentOrder } from './messages.js';

/** What a process worker's caller tells the watchdog, a JSON text a line: it gets through while the target blocks. */
export type Control =
  | UrgentOrder
  /** Cut off the running call; with an id, only that one. */
  | { readonly type: 'interrupt'; readonly id?: number | undefined }
  | { readonly type: 'stack' };

/** What the watchdog answers: to `stack`, and to `recall`. */
export type ControlAnswer =
  | { readonly type: 'stack'; readonly stack: string }
  | ({ readonly type: 'recalled' } & Recalled);

/** The extra file descriptors of a process worker. */
export const REPORTS_FD = 3;
export const CONTROL_FD = 4;
/** A pipe of its own: that nobody reads what is sent to a host must not harm what it has said before. */
export const ORDERS_FD = 5;
/** In its environment: how many workers above it have started one another. */
export const DEPTH_VARIABLE = 'PYW_DEPTH';
/** In its environment, and so in that of all it starts: which hosts they belong to. */
export const MARK_VARIABLE = 'PYW_WITHIN';

export function lineOf(message: Control | ControlAnswer): string {
  return `${JSON.stringify(message)}\n`;
}

/** Calls back for each whole line, whatever the chunks are. */
export function lineReader<M>(receive: (message: M) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) receive(JSON.parse(line) as M); // both ends are ours
  };
}
