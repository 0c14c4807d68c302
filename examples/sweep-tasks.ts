import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskContext } from 'pyworkers/sweep';

/** The integral of the exponential from 0 to 1, which is e - 1, by a simple rule on n parts. */
export function integrate({ rule, n }: { rule: 'left' | 'midpoint' | 'trapezoid' | 'simpson'; n: number }): {
  value: number;
  error: number;
} {
  const h = 1 / n;
  let value = 0;
  for (let i = 0; i < n; i++) value += h * weighted(rule, i * h, h);
  return { value, error: Math.abs(value - (Math.E - 1)) };
}

function weighted(rule: string, x: number, h: number): number {
  const [left, middle, right] = [Math.exp(x), Math.exp(x + h / 2), Math.exp(x + h)];
  switch (rule) {
    case 'left':
      return left;
    case 'midpoint':
      return middle;
    case 'trapezoid':
      return (left + right) / 2;
    default:
      return (left + 4 * middle + right) / 6;
  }
}

/** Expensive to make, and good for many tasks: all primes below a number. */
export function primesBelow(limit: number): ReadonlySet<number> {
  const isPrime = new Uint8Array(limit).fill(1, 2);
  for (let n = 2; n * n < limit; n++) if (isPrime[n]) for (let m = n * n; m < limit; m += n) isPrime[m] = 0;
  const primes = new Set<number>();
  for (let n = 2; n < limit; n++) if (isPrime[n]) primes.add(n);
  return primes;
}

/** How many primes have another one so far above them. */
export function countPairs({ gap }: { gap: number }, { loaded }: TaskContext): { pairs: number } {
  const primes = loaded.limit as ReadonlySet<number>;
  let pairs = 0;
  for (const prime of primes) if (primes.has(prime + gap)) pairs += 1;
  return { pairs };
}

/** Takes a moment, and leaves a line in a file each time it is run. */
export async function cube({ x, diary }: { x: number; diary: string }): Promise<{ y: number }> {
  await sleep(30);
  appendFileSync(diary, `${x}\n`);
  return { y: x ** 3 };
}

/** Gradient descent on x squared, from 1. Tells how far it is after each step; a place to be stopped at. */
export async function descend(
  { rate }: { rate: number },
  { progress, signal }: TaskContext,
): Promise<{ loss: number; steps: number }> {
  let x = 1;
  for (let step = 1; step <= 40; step++) {
    x -= rate * 2 * x;
    progress({ step, loss: x * x });
    await sleep(5, undefined, { signal });
  }
  return { loss: x * x, steps: 40 };
}

export function cosine({ x }: { x: number }): { y: number } {
  return { y: Math.cos(x) };
}

/** A hill with its top at (0.3, 0.7). */
export function height({ x, y }: { x: number; y: number }): { height: number } {
  return { height: 1 - (x - 0.3) ** 2 - (y - 0.7) ** 2 };
}
