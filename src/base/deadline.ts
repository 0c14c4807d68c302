const LONGEST_TIMER_MS = 2 ** 31 - 1; // beyond it setTimeout fires after 1 ms

export interface Timer {
  cancel(): void;
}

/** `setTimeout` for any length: a long wait is made of several timers. `Infinity` never fires. */
export function after(ms: number, action: () => void, options: { ref?: boolean } = {}): Timer {
  if (ms === Infinity) return { cancel() {} };
  const dueAt = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const restMs = Math.max(0, dueAt - performance.now());
    timer = setTimeout(restMs > LONGEST_TIMER_MS ? arm : action, Math.min(restMs, LONGEST_TIMER_MS));
    if (options.ref === false) timer.unref();
  };
  arm();
  return { cancel: () => clearTimeout(timer) };
}

const LOOKS = 10;

/**
 * Like `after`, for what others are to do in time: while this thread was too busy to look, they may have done it. So such
 * time counts little, and what has come meanwhile is seen first.
 */
export function afterLooking(ms: number, action: () => void, options: { ref?: boolean } = {}): Timer {
  let looks = 0;
  let timer: Timer;
  const look = (): void => {
    looks += 1;
    if (looks === LOOKS) action();
    else timer = after(ms / LOOKS, look, options);
  };
  timer = after(ms / LOOKS, look, options);
  return { cancel: () => timer.cancel() };
}

/** Resolves with whether `promise` settled before the time was over; the promise's own outcome is not looked at. */
export async function settlesWithin(promise: Promise<unknown>, ms: number, signal?: AbortSignal): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  if (ms === Infinity && !signal) return settled;
  if (ms === 0 || signal?.aborted) return Promise.race([settled, tick()]);
  let timer: Timer | undefined;
  let onAbort = (): void => {};
  const over = new Promise<false>((resolve) => {
    onAbort = () => resolve(false);
    timer = after(ms, onAbort);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([settled, over]);
  } finally {
    timer?.cancel();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** A little later, but within this turn of the event loop: what is settled already comes first. */
async function tick(): Promise<false> {
  await null;
  await null;
  return false;
}
