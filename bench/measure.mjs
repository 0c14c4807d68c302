const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes turns, so that a slow moment of the machine hits everybody; gives the median of each. */
export async function takeTurns(rounds, contestants) {
  const samples = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, once] of Object.entries(contestants)) samples[name].push(await once());
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]));
}

export async function timed(action) {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

/** A line of a table: what, our figure, what it is compared with, the target, whether it is met. */
export const row = (...[what, ours, beside, target, isMet]) => [what, ours, beside, target, isMet ? 'yes' : '**no**'];

export const ms = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const us = (value) => `${value.toFixed(1)} us`;
export const perSecond = (value) => `${Math.round(value / 1000)} k/s`;
export const times = (value) => `${value.toFixed(2)}x`;
