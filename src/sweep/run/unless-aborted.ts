import { after, type Timer } from '../../base/deadline.js';

/**
 * What a function of the user's answers, of which it is not known whether it ever comes back. Once the signal has aborted it may
 * take `graceMs` more; then this rejects with the signal's reason.
 */
export async function unlessAborted<T>(
  answer: T | Promise<T>,
  signal: AbortSignal,
  { graceMs = 0 }: { readonly graceMs?: number } = {},
): Promise<T> {
  let timer: Timer | undefined;
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = after(graceMs, () => reject(signal.reason));
    };
  });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    timer?.cancel();
    signal.removeEventListener('abort', onAbort);
  }
}
