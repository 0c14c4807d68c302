import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_WAIT_MS = 500;

export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly location: { readonly lineNumber: number; readonly columnNumber?: number | undefined };
}

/** The part of a debugger session that reading a stack takes. */
export interface DebuggerLink {
  post(method: 'Debugger.enable' | 'Debugger.pause' | 'Debugger.resume' | 'Debugger.disable'): void;
  onPaused(receive: (frames: readonly CallFrame[]) => void): void;
}

/** Stops a thread for a moment to see where it is. Empty when it runs no JavaScript: it is idle, or inside native code. */
export async function readStack(link: DebuggerLink): Promise<string> {
  const paused = new Promise<readonly CallFrame[]>((resolve) => link.onPaused(resolve));
  link.post('Debugger.enable');
  link.post('Debugger.pause');
  const frames = await Promise.race([paused, sleep(PAUSE_WAIT_MS, [])]);
  if (frames.length > 0) link.post('Debugger.resume');
  link.post('Debugger.disable'); // also takes back a pause that did not happen
  return frames.map(describe).join('\n');
}

function describe({ functionName, url, location }: CallFrame): string {
  return `    at ${functionName || '<anonymous>'} (${url}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1})`;
}
