import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_WAIT_MS = 500;
const ownCode = new URL('../', import.meta.url).href; // what lies beneath the target is no news to its author

export interface CallFrame {
  readonly functionName: string;
  readonly location: {
    readonly scriptId: string;
    readonly lineNumber: number;
    readonly columnNumber?: number | undefined;
  };
}

export interface ParsedScript {
  readonly scriptId: string;
  readonly url: string;
}

/** The part of a debugger session that reading a stack takes. */
export interface DebuggerLink {
  post(method: 'Debugger.enable' | 'Debugger.pause' | 'Debugger.resume' | 'Debugger.disable'): void;
  onScript(receive: (script: ParsedScript) => void): void;
  onPaused(receive: (frames: readonly CallFrame[]) => void): void;
}

/** Stops a thread for a moment to see where it is. Empty when it runs no JavaScript: it is idle, or inside native code. */
export async function readStack(link: DebuggerLink): Promise<string> {
  const urls = new Map<string, string>();
  link.onScript(({ scriptId, url }) => urls.set(scriptId, url)); // enabling names all scripts there are
  const paused = new Promise<readonly CallFrame[]>((resolve) => link.onPaused(resolve));
  link.post('Debugger.enable');
  link.post('Debugger.pause');
  const frames = await Promise.race([paused, sleep(PAUSE_WAIT_MS, [])]);
  if (frames.length > 0) link.post('Debugger.resume');
  link.post('Debugger.disable'); // also takes back a pause that did not happen
  return frames
    .map(({ functionName, location }) => ({ functionName, ...location, url: urls.get(location.scriptId) ?? '' }))
    .filter(({ url }) => !url.startsWith(ownCode))
    .map(({ functionName, url, lineNumber, columnNumber = 0 }) => {
      return `    at ${functionName || '<anonymous>'} (${url}:${lineNumber + 1}:${columnNumber + 1})`;
    })
    .join('\n');
}
