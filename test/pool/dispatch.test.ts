import assert from 'node:assert/strict';
import { Random } from '../support/random.js';
import { type SimulatedPool, simulate } from '../support/simulated-pool.js';

const seeds = Array.from({ length: 20 }, (_, i) => i);
const eightAlike = Array.from({ length: 8 }, () => 1);
const oneIsSlow = [1, 1, 1, 1, 1, 1, 1, 0.1];

/** A thousand calls: most take about as long as `medianMs`, a few of them very much longer. */
function logNormal(seed: number, medianMs: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: 1000 }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
    return medianMs * Math.exp(normal);
  });
}

const totalOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/** Nobody could end sooner, not even who knows how long each call takes. */
function best({ speeds, durations }: SimulatedPool): number {
  return Math.max(totalOf(durations) / totalOf(speeds), Math.max(...durations) / Math.max(...speeds));
}

/** When somebody ends who does not know that, but loses no time: whoever is free begins the next one. */
function bestUnknowing({ speeds, durations }: SimulatedPool): number {
  const freeAt = speeds.map(() => 0);
  for (const each of durations) {
    const first = freeAt.indexOf(Math.min(...freeAt));
    freeAt[first] = (freeAt[first] as number) + each / (speeds[first] as number);
  }
  return Math.max(...freeAt);
}

const endOf = (pool: SimulatedPool): number => simulate(pool).at(-1) as number;
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

describe('The order in which a pool gives inputs to workers', () => {
  for (const medianMs of [0.5, 2, 50, 10_000]) {
    it(`ends a thousand calls of about ${medianMs} ms, some much longer, within 10 % of the best`, () => {
      const pools = seeds.map((seed) => ({ speeds: eightAlike, durations: logNormal(seed, medianMs) }));
      for (const pool of pools) assert.ok(endOf(pool) <= 1.1 * bestUnknowing(pool));
      const ratio = median(pools.map((pool) => endOf(pool) / best(pool)));
      assert.ok(ratio <= 1.1, `${ratio}`);
    });

    it(`does so when one worker is ten times slower (${medianMs} ms)`, () => {
      const pools = seeds.map((seed) => ({ speeds: oneIsSlow, durations: logNormal(seed, medianMs) }));
      const ratio = median(pools.map((pool) => endOf(pool) / best(pool)));
      assert.ok(ratio <= 1.1, `${ratio}`);
    });

    it(`loses only the one call that a stalled worker is at (${medianMs} ms)`, () => {
      for (const seed of seeds) {
        const pool = { speeds: eightAlike, durations: logNormal(seed, medianMs) };
        const from = best(pool) / 2;
        const ends = simulate({ ...pool, stalls: { 3: { from, to: 100 * from } } });
        const onSeven = { ...pool, speeds: eightAlike.slice(1) };
        assert.ok((ends.at(-2) as number) <= 1.1 * bestUnknowing(onSeven));
      }
    });
  }

  it('leaves the last inputs to those that are through with them sooner than a slow one would be', () => {
    const pool = { speeds: [1, 1, 0.003], durations: Array.from({ length: 1000 }, () => 10) };
    assert.ok(endOf(pool) <= 1.05 * best(pool));
    assert.ok(endOf({ ...pool, isEndless: true }) > 1.05 * best(pool), 'it has to know how many there are');
  });
});
