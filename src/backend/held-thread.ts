import type { MessagePort } from 'node:worker_threads';
import type { Exit } from '../base/errors.js';
import type { Stdio } from './backend.js';

/** A thread that serves one worker. */
export interface HeldThread {
  /** Ends it at any instruction. */
  end(): void;
  /** Resolves when the thread is gone; never rejects. Asked once its port has closed. */
  gone(): Promise<Exit>;
}

/** What a thread is told when it becomes a worker. */
export interface ThreadStart {
  readonly port: MessagePort;
  readonly flags: SharedArrayBuffer;
  readonly output: Stdio;
  readonly depth: number;
}

export const threadMain = new URL('../host/thread-main.js', import.meta.url);
