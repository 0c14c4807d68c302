import { createHash } from 'node:crypto';

/** Something that keeps a processor busy for a while. */
export function countPrimes(upTo: number): number {
  let count = 0;
  for (let n = 2; n <= upTo; n++) if (isPrime(n)) count += 1;
  return count;
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

/** So many hexadecimal digits of a hash, after many rounds. */
export function hash(text: string, digits = 8): string {
  let bytes = Buffer.from(text);
  for (let round = 0; round < 1000; round++) bytes = createHash('sha256').update(bytes).digest();
  return bytes.toString('hex').slice(0, digits);
}

let isWarm = false;

/** Fails at first on one input, crashes on another one, and never ends on a third. */
export function unreliable(what: 'flaky' | 'crash' | 'hang' | 'fine'): string {
  if (what === 'crash') process.kill(process.pid, 'SIGKILL');
  if (what === 'hang') for (;;);
  const isTooSoon = what === 'flaky' && !isWarm;
  isWarm = true;
  if (isTooSoon) throw new Error('not now');
  return what;
}
