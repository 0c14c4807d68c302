import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from '../point.js';
import { latestLog } from '../results/task-logs.js';
import { Recorded } from './recorded.js';

/** Of a log, by polling: file systems that several machines share tell nobody of changes. */
const LOOK_MS = 200;

/** The log of a task that was written to last, of one command or of all; `undefined` where it has none so far. */
export function logOf(output: string, { folder }: Task, command: string | undefined): Promise<string | undefined> {
  return latestLog(command, join(output, folder));
}

/** What a log says, from its beginning or only its last lines. */
export async function* bytesOf(path: string, { from = 0 } = {}): AsyncGenerator<Buffer, number> {
  let at = from;
  for await (const chunk of createReadStream(path, { start: from }) as AsyncIterable<Buffer>) {
    at += chunk.length;
    yield chunk;
  }
  return at;
}

export interface FollowOptions {
  readonly output: string;
  readonly task: Task;
  readonly command: string | undefined;
  readonly signal: AbortSignal;
  /** Another log is being told from here on. */
  onLog(path: string): void;
}

/** What a task writes until it has ended, from its latest log on to those that come after it. */
export async function* followed({ output, task, command, signal, onLog }: FollowOptions): AsyncGenerator<Buffer> {
  let path: string | undefined;
  let at = 0;
  for (;;) {
    const isLast = signal.aborted || !isAtWork(output, task); // asked before reading: what it wrote before its end is read
    const latest = await logOf(output, task, command);
    if (path !== undefined && latest !== path) yield* rest(path, at);
    if (latest !== undefined && latest !== path) {
      onLog(latest);
      at = 0;
    }
    path = latest;
    if (path !== undefined && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > at)
      at = yield* bytesOf(path, { from: at });
    if (isLast) return;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {}); // it is read once more
  }
}

async function* rest(path: string, from: number): AsyncGenerator<Buffer> {
  yield* bytesOf(path, { from });
}

function isAtWork(output: string, task: Task): boolean {
  return new Recorded(output).peeked.running.some(({ id, isAlive }) => isAlive && id === task.point.id);
}
