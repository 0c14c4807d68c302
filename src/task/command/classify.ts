import type { ErrorRecord, FailureClass } from '../record.js';
import { lastLines } from './log-tail.js';

const noGpuMemory = /CUDA out of memory|CUDA error: out of memory|OutOfMemoryError.*CUDA|HIP out of memory/;
const SHOWN_LINES = 5;
const SHOWN_OF_LINE = 400;
const LOOKED_AT_LINES = 200;

export interface Ended {
  readonly name: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly logPath: string;
  /** Whether the kernel has ended processes for want of memory while it ran. */
  sawOomKill(): boolean;
}

export interface Failure {
  readonly class: FailureClass;
  readonly error: ErrorRecord;
}

/** Why a command failed, that ended by itself; with its last lines. `undefined`: it did not. */
export function classify(ended: Ended): Failure | undefined {
  if (ended.exitCode === 0) return undefined;
  const lines = lastLines(ended.logPath, LOOKED_AT_LINES);
  const wasKilled = ended.signal === 'SIGKILL' || ended.exitCode === 137;
  const how =
    ended.signal === null ? `with exit code ${ended.exitCode}${hintOf(ended.exitCode)}` : `by ${ended.signal}`;
  const shown = lines
    .slice(-SHOWN_LINES)
    .map((line) => line.slice(0, SHOWN_OF_LINE))
    .join('\n');
  const message = (what: string): string =>
    `The command "${ended.name}" ${what}.${shown && ` Its last lines:\n${shown}`}`;
  if (lines.some((line) => noGpuMemory.test(line))) {
    return failure('cuda-oom', message(`ended ${how}: the GPU's memory was not enough`));
  }
  if (wasKilled && ended.sawOomKill()) return failure('oom', message(`ended ${how}: the memory was not enough`));
  const unknown = wasKilled ? '; who did it is not known, and often it is a want of memory' : '';
  return failure('exit', message(`ended ${how}${unknown}`));
}

function hintOf(code: number | null): string {
  switch (code) {
    case 126:
      return ' (found, but it cannot be run)';
    case 127:
      return ' (not found)';
    default:
      return code !== null && code > 128 && code < 160 ? ` (by signal ${code - 128})` : '';
  }
}

function failure(kind: FailureClass, message: string): Failure {
  return { class: kind, error: { name: 'CommandError', message } };
}
