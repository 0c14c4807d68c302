import { WorkerClosedError, WorkerLostError } from '../../base/errors.js';
import { errorRecord } from '../../task/error-record.js';
import type { TaskReport } from '../../task/order.js';
import type { FailureClass, TaskEnd } from '../../task/record.js';
import type { SuccessRule } from './spec.js';
import { TimedOut } from './time-limit.js';

/** How an attempt came out, before it is written down. */
export type Verdict = Pick<TaskEnd, 'status' | 'class' | 'error'>;

/** Why a task's own run was ended by us. */
export type Cut =
  | { readonly why: 'early'; readonly reason: string }
  | { readonly why: 'memory'; readonly reason: string }
  | { readonly why: 'error'; readonly error: unknown }
  | { readonly why: 'stop' };

/** What the report of an attempt that came to its end means. */
export async function judge(
  report: TaskReport,
  rule: SuccessRule,
  verify: (() => boolean | Promise<boolean>) | undefined,
): Promise<Verdict> {
  if (rule === 'always') return { status: 'done' };
  const asks = rule !== 'no-error' && verify;
  if (report.error && rule !== 'verify') {
    return { status: 'failed', class: report.class ?? 'error', error: report.error };
  }
  if (!asks) return { status: 'done' };
  try {
    if (await verify()) return { status: 'done' };
    const error = report.error ?? { name: 'VerifyError', message: 'verify() does not accept what the task has left.' };
    return { status: 'failed', class: 'verify', error };
  } catch (error) {
    return { status: 'failed', class: 'verify', error: errorRecord(error) };
  }
}

/** It ended when it had been asked to stop, and that was not for a reason of ours: its time was over. */
export function verdictOfLate({ result }: TaskReport, timeoutMs: number | undefined): Verdict {
  const kept = result ? ' What it returned then is recorded, and does not count as done.' : '';
  if (timeoutMs === undefined) {
    return failed('lost', { name: 'WorkerLost', message: `Its worker was asked to end while it ran.${kept}` });
  }
  const message = `It took longer than its timeoutMs of ${timeoutMs}, and was asked to stop.${kept}`;
  return failed('timeout', { name: 'Timeout', message });
}

/** What it means that an attempt gave no report. */
export function verdictOfLoss(error: unknown, cut: Cut | undefined): Verdict {
  const record = errorRecord(error);
  if (cut?.why === 'early') return { status: 'stopped', error: { name: 'StoppedEarly', message: cut.reason } };
  if (cut?.why === 'error') return failed('error', errorRecord(cut.error));
  if (cut?.why === 'memory') return failed('oom', { name: 'OutOfMemory', message: cut.reason });
  if (cut?.why === 'stop')
    return { status: 'cancelled', error: { name: 'Cancelled', message: 'The sweep was stopped.' } };
  if (error instanceof TimedOut) return failed('timeout', { name: error.name, message: error.message });
  if (error instanceof WorkerLostError) return failed(wasOutOfMemory(error) ? 'oom' : 'lost', record);
  if (error instanceof WorkerClosedError) return failed('lost', record);
  return failed('error', record);
}

function failed(failure: FailureClass, error: NonNullable<TaskEnd['error']>): Verdict {
  return { status: 'failed', class: failure, error };
}

/** The engine says so when its heap is full; it then aborts. */
function wasOutOfMemory({ exit, message }: WorkerLostError): boolean {
  const told = exit.error as { code?: unknown } | undefined;
  return told?.code === 'ERR_WORKER_OUT_OF_MEMORY' || /heap out of memory/i.test(message);
}

/** Its task came to an end of its own, or has stopped when it was asked to: the worker can go on. */
export function isOrderly({ status, class: failure = 'error' }: Verdict): boolean {
  return status === 'done' || status === 'stopped' || (status === 'failed' && orderly.has(failure));
}

const orderly: ReadonlySet<FailureClass> = new Set(['error', 'exit', 'load', 'verify']);
