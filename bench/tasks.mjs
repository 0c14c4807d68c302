/** What is run, here and by the peers. */
export const noop = (x) => x;

export const exit = () => process.exit(3);

export const killSelf = () => process.kill(process.pid, 'SIGKILL');

export function hoard() {
  const heap = [];
  for (;;) heap.push(new Array(100_000).fill(Math.random()));
}

export const unsendable = () => ({ f() {} });

export function fail() {
  class QuotaError extends RangeError {}
  const error = new QuotaError('full', { cause: new Error('disk') });
  error.code = 'E_QUOTA';
  throw error;
}

export function loop() {
  for (;;);
}

/** Keeps its thread busy for so many milliseconds. */
export function spin(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
  return ms;
}
