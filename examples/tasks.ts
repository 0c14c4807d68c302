import { context } from 'pyworkers/context';

/** Each `yield` is a progress event, and a place where the worker can be stopped. */
export function* download(files: readonly string[]): Generator<string, number> {
  for (const file of files) yield `fetched ${file}`;
  return files.length;
}

/** Takes as long as it is told; stops when asked. */
export async function nap(ms: number): Promise<string> {
  await context().sleep(ms);
  return `slept ${ms} ms`;
}

/** Goes on where the last one stopped. */
export function countTo(limit: number): number {
  const worker = context<number>();
  while (worker.state < limit) worker.state += 1;
  return worker.state;
}

/** Says something, then hangs. */
export function hang(): void {
  console.log('I shall be back soon');
  context().progress('hanging');
  for (;;);
}
