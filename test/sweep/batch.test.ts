import assert from 'node:assert/strict';
import { Dealer } from '#internal/sweep/batch/dealer.js';
import type { DealerOptions } from '#internal/sweep/batch/dealer-options.js';
import { Random, seedOf } from '../support/random.js';
import { type Simulation, simulate } from './batch-simulation.js';

/** All combinations of so many values at each level, and so many tasks to each. */
function product(counts: readonly number[], tasks: number): Pick<DealerOptions, 'size' | 'path' | 'depth' | 'loads'> {
  const size = counts.reduce((a, b) => a * b, tasks);
  const path = (index: number) => {
    let rest = Math.floor(index / tasks);
    return counts
      .toReversed()
      .map((count) => {
        const value = rest % count;
        rest = Math.floor(rest / count);
        return value;
      })
      .toReversed();
  };
  return { size, path, depth: counts.length, loads: counts.map(() => true) };
}

const speeds = (count: number): number[] => Array.from({ length: count }, () => 1);
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const isAscending = (numbers: readonly number[]): boolean =>
  numbers.every((n, i) => i === 0 || n > (numbers[i - 1] ?? 0));

/** Tasks whose values follow no order at all. */
function scattered(
  random: Random,
  depth: number,
  size: number,
): Pick<DealerOptions, 'size' | 'path' | 'depth' | 'loads'> {
  const counts = Array.from({ length: depth }, () => 1 + random.below(5));
  const paths = Array.from({ length: size }, () => counts.map((count) => random.below(count) * 7));
  return { size, path: (index) => paths[index] ?? [], depth, loads: counts.map(() => !random.isOnceIn(4)) };
}

describe('The dealer of a sweep', () => {
  it('gives every task to somebody, and has each end once, whatever fails, leaves and comes back', () => {
    const seed = seedOf();
    const random = new Random(seed);
    for (let round = 0; round < 300; round++) {
      const space = scattered(random, random.below(4), random.below(120));
      const isDone = (index: number) => index % 5 === 3;
      const { ended, dealer } = simulate({
        ...space,
        done: isDone,
        speeds: Array.from({ length: 1 + random.below(8) }, () => (random.isOnceIn(3) ? 0.1 : 1)),
        workers: 1 + random.below(8),
        taskMs: (index) => 1 + ((index * 7919) % 13),
        loadMs: [random.below(50), random.below(20), random.below(5)],
        mishapOnceIn: 2 + random.below(20),
        seed: random.below(2 ** 30),
        takeOver: !random.isOnceIn(5),
      });
      for (const [index, times] of ended.entries()) {
        assert.equal(times, isDone(index) ? 0 : 1, `task ${index} of round ${round}, SEED=${seed}`);
      }
      assert.equal(dealer.left + dealer.handedOut, 0);
    }
  });

  it('gives one worker all tasks in declared order', () => {
    for (const counts of [[], [3], [3, 4], [2, 3, 4]]) {
      const space = product(counts, 3);
      assert.deepEqual(simulate({ ...space, speeds: [1] }).given, [Array.from({ length: space.size }, (_, i) => i)]);
    }
  });

  it('gives every worker its tasks in declared order, unless it takes over from others', () => {
    for (let workers = 1; workers <= 8; workers++) {
      for (const counts of [[], [2], [5], [2, 3], [3, 2, 2], [9, 2]]) {
        const { given } = simulate({ ...product(counts, 7), speeds: speeds(workers), takeOver: false });
        assert.ok(given.every(isAscending), `${counts} on ${workers}`);
      }
    }
  });

  it('brings tasks of one value together where they lie apart, in the order of their first ones', () => {
    const values = [5, 2, 5, 9, 2, 5];
    const space = { size: 6, path: (index: number) => [values[index] ?? 0], depth: 1, loads: [true] };
    assert.deepEqual(simulate({ ...space, speeds: [1] }).given, [[0, 2, 5, 1, 4, 3]]);
    assert.deepEqual(simulate({ ...space, loads: [false], speeds: [1] }).given, [[0, 1, 2, 3, 4, 5]]);
  });

  it('brings tasks together by what is loaded, whatever cheap variables are declared above', () => {
    const { given, loads } = simulate({ ...product([3, 2], 1), loads: [false, true], speeds: [1] });
    assert.deepEqual(given, [[0, 2, 4, 1, 3, 5]]);
    assert.deepEqual(loads, [0, 2]);
  });

  it('loads 2 models twice for 3 seeds on 2 workers, the declared one first', () => {
    const space = product([2], 3); // 0: 'zebra', 1: 'ant', as they were declared
    const { given, loads } = simulate({ ...space, speeds: speeds(2), loadMs: [10] });
    assert.deepEqual(loads, [2]);
    assert.deepEqual(given, [
      [0, 1, 2],
      [3, 4, 5],
    ]);
    const both = simulate({ ...product([2, 3], 1), speeds: speeds(2), loadMs: [10, 1] });
    assert.deepEqual(both.loads, [2, 6]);
  });

  it('hands a value to the next free worker, and splits values only where there are fewer than workers', () => {
    assert.deepEqual(simulate({ ...product([5], 4), speeds: speeds(2), takeOver: false }).loads, [5]);
    assert.deepEqual(simulate({ ...product([2], 12), speeds: speeds(5), loadMs: [10] }).loads, [5]);
    assert.deepEqual(simulate({ ...product([2, 4], 3), speeds: speeds(4), loadMs: [10, 1] }).loads, [4, 8]);
    const { given } = simulate({ ...product([2, 2], 6), speeds: speeds(4) });
    assert.deepEqual(
      given.map((tasks) => tasks[0]),
      [0, 6, 12, 18],
    );
  });

  it('gives more workers to a value that has more tasks', () => {
    const space = { size: 100, path: (index: number) => [index < 80 ? 1 : 2], depth: 1, loads: [true] };
    const { given, endMs } = simulate({ ...space, speeds: speeds(5), takeOver: false });
    assert.deepEqual(
      given.map(({ length }) => length),
      [20, 20, 20, 20, 20],
    );
    assert.equal(endMs, 20);
  });

  describe('when tasks take equally long', () => {
    const seed = seedOf();
    const random = new Random(seed);
    const spaces = Array.from({ length: 200 }, () => {
      const counts = Array.from({ length: 1 + random.below(3) }, () => 1 + random.below(6));
      const tasks = 1 + random.below(6);
      const loadMs = counts.map(() => random.below(4) * random.below(10));
      const workers = 1 + random.below(8);
      const told = `${counts} values x ${tasks} tasks, loads of ${loadMs}, ${workers} workers, SEED=${seed}`;
      return { counts, told, setup: { ...product(counts, tasks), loadMs, speeds: speeds(workers) } };
    });

    it('loads each value once, or if there are fewer than workers, once for each worker', () => {
      for (const { counts, told, setup } of spaces) {
        const { loads } = simulate({ ...setup, takeOver: false });
        const atWork = Math.min(setup.speeds.length, setup.size);
        let nodes = 1;
        for (const [level, count] of counts.entries()) {
          nodes *= count;
          assert.ok((loads[level] ?? 0) <= Math.max(nodes, atWork), `${loads} loads of ${told}`);
        }
      }
    });

    it('loads as few times as the best of all possible ways', () => {
      for (const counts of [
        [1, 2],
        [2, 1],
        [2, 2],
        [2, 3],
        [3, 2],
        [4, 2],
        [1, 4],
        [3, 1],
        [1, 1],
      ]) {
        for (const workers of [1, 2, 3]) {
          const space = product(counts, counts.length === 2 && counts[0] === 1 ? 2 : 1);
          if (space.size < workers) continue;
          const { loads } = simulate({ ...space, speeds: speeds(workers), loadMs: [1, 1], takeOver: false });
          const fewest = fewestLoads(space, workers);
          assert.ok(!isFewer(fewest, loads), `${loads} for ${fewest}: ${counts} on ${workers}`);
        }
      }
    });

    it('loads at most once more on each level for everything that is taken over', () => {
      for (const { told, setup } of spaces) {
        const planned = simulate({ ...setup, takeOver: false });
        const { loads, dealer } = simulate(setup);
        for (const [level, count] of loads.entries()) {
          assert.ok(count <= (planned.loads[level] ?? 0) + dealer.takeOvers, `${loads} loads of ${told}`);
        }
      }
    });

    it('ends as soon as work and loads, evenly spread, and twice the longest task with its loads allow', () => {
      let ratios = 0;
      for (const { counts, told, setup } of spaces) {
        const { endMs } = simulate(setup);
        const { spreadMs, longestMs } = leastTimes(setup, counts);
        assert.ok(endMs <= spreadMs + 2 * longestMs, `${endMs} ms instead of ${spreadMs} for ${told}`);
        ratios += endMs / Math.max(spreadMs, longestMs);
      }
      assert.ok(
        ratios / spaces.length <= 1.25,
        `on the average within a quarter of the least: ${ratios / spaces.length}`,
      );
    });

    it('estimates a time between whose ends the rest is done, but for one moment in a hundred', () => {
      let moments = 0;
      const misses: string[] = [];
      for (const { told, setup } of spaces) {
        const said: { minMs: number; maxMs: number; nowMs: number }[] = [];
        const { endMs } = simulate({
          ...setup,
          onEnd: (dealer, nowMs) => said.push({ ...(dealer.estimate(setup.speeds.length) ?? assert.fail()), nowMs }),
        });
        moments += said.length;
        for (const { minMs, maxMs, nowMs } of said) {
          const restMs = endMs - nowMs;
          const isBetween = minMs <= restMs + 1e-6 && restMs <= maxMs + 1e-6;
          if (!isBetween) misses.push(`${minMs} to ${maxMs}, but ${restMs}, at ${nowMs} of ${told}`);
        }
      }
      assert.ok(misses.length <= moments / 100, `${misses.length} of ${moments}: ${misses[0]}`);
    });
  });

  describe('when one worker is ten times slower', () => {
    const speeds = [1, 1, 1, 0.1];

    it('ends within 15 % of the best split that could be planned, if loads are cheap', () => {
      for (const counts of [[1], [2], [4], [9], [2, 5], [4, 4]]) {
        const space = { ...product(counts, 600 / counts.reduce((a, b) => a * b)), loadMs: counts.map(() => 0.5) };
        const size = Math.floor(space.size);
        const { endMs } = simulate({ ...space, size, speeds });
        const best = bestSplitMs(size, speeds, 0.5);
        assert.ok(endMs <= 1.15 * best, `${endMs} ms instead of ${best} for ${counts}`);
      }
    });

    it('has its batch taken over while that saves more than the load costs, and not when it does not', () => {
      const ends = (loadMs: number) => {
        const setup = { ...product([4], 100), speeds, loadMs: [loadMs] };
        const alone = simulate({ ...setup, takeOver: false });
        const shared = simulate(setup);
        return { aloneMs: alone.endMs, sharedMs: shared.endMs, loads: shared.loads[0] };
      };
      assert.deepEqual(ends(950), { aloneMs: 1950, sharedMs: 1950, loads: 4 });
      assert.deepEqual(ends(5000), { aloneMs: 6000, sharedMs: 6000, loads: 4 });
      const { aloneMs, sharedMs, loads } = ends(100);
      assert.equal(loads, 5);
      assert.ok(sharedMs < 0.5 * aloneMs, `${sharedMs} of ${aloneMs}`);
    });
  });

  describe('when a worker runs dry', () => {
    /** `first` does all of its model; `second` has begun its own, of which `left` tasks are left. */
    function dryBeside({
      left,
      measured,
      seeds = 1,
    }: {
      left: number;
      measured?: { taskMs: number; loadMs: number[] };
      seeds?: number;
    }) {
      const tasks = left + 1;
      const space = product([2, seeds], tasks / seeds);
      const dealer = new Dealer({ ...space, workers: 2 });
      assert.equal(dealer.next('first'), 0);
      assert.equal(dealer.next('second'), tasks);
      for (let index = 0; index < tasks; index++) {
        dealer.ended(index, { worker: 'first', ...(index === 0 ? measured : {}) });
        if (index + 1 < tasks) assert.equal(dealer.next('first'), index + 1);
      }
      return dealer;
    }

    it('takes over as long as nothing was measured, but not for a single task', () => {
      assert.equal(dryBeside({ left: 1 }).next('first'), undefined);
      assert.equal(dryBeside({ left: 2 }).next('first'), 4);
    });

    it('takes over if it would have loaded and done a task before the other one has done all', () => {
      assert.equal(dryBeside({ left: 10, measured: { taskMs: 1, loadMs: [9] } }).next('first'), 12);
      assert.equal(dryBeside({ left: 10, measured: { taskMs: 1, loadMs: [10] } }).next('first'), undefined);
    });

    it('takes whole values of a lower level from the back, and leaves the front to the one who is at it', () => {
      const dealer = dryBeside({ left: 11, seeds: 4, measured: { taskMs: 1, loadMs: [2, 1] } });
      assert.equal(dealer.next('first'), 18);
      assert.deepEqual(
        [13, 14, 15, 16].map(() => dealer.next('second')),
        [13, 14, 15, 16],
      );
      assert.deepEqual(
        [19, 20].map(() => dealer.next('first')),
        [19, 20],
      );
      assert.equal(dealer.takeOvers, 1);
    });
  });

  describe('when a task is given back', () => {
    const loadMs = [10];

    it('leaves it to the worker that holds its values, before that gives them up', () => {
      const dealer = new Dealer({ ...product([3], 2), workers: 2 });
      assert.deepEqual(
        ['a', 'b'].map((name) => dealer.next(name)),
        [0, 2],
      );
      dealer.giveBack(0);
      assert.equal(dealer.next('b'), 3);
      assert.deepEqual(
        [1, 0, 4].map(() => dealer.next('a')),
        [1, 0, 4],
      );
    });

    it('gives it to that worker at once if it is to come first', () => {
      const dealer = new Dealer({ ...product([2], 5), workers: 2 });
      assert.deepEqual(
        ['a', 'b'].map((name) => dealer.next(name)),
        [0, 5],
      );
      dealer.giveBack(0, { front: true });
      assert.equal(dealer.next('b'), 6);
      assert.equal(dealer.next('a'), 0);
    });

    it('does not give it to one that would have to load, while one that need not is there', () => {
      const dealer = new Dealer({ ...product([2], 1), workers: 2 });
      for (const [index, worker] of ['a', 'b'].entries()) assert.equal(dealer.next(worker), index);
      dealer.ended(1, { worker: 'b', taskMs: 1, loadMs });
      dealer.giveBack(0);
      assert.equal(dealer.next('b'), undefined);
      assert.equal(dealer.next('a'), 0);
      dealer.giveBack(0);
      dealer.leave('a');
      assert.equal(dealer.next('b'), 0);
    });

    it('goes to the next of all where nothing is loaded, in front or at the end', () => {
      const dealer = new Dealer({ size: 4, path: () => [], depth: 0, loads: [], workers: 2 });
      assert.deepEqual(
        ['a', 'b'].map((name) => dealer.next(name)),
        [0, 1],
      );
      dealer.giveBack(0);
      dealer.giveBack(1, { front: true });
      assert.deepEqual(
        ['c', 'c', 'c', 'c'].map((name) => dealer.next(name)),
        [1, 2, 3, 0],
      );
    });

    it('is refused for a task that is with nobody', () => {
      const dealer = new Dealer({ ...product([2], 2) });
      assert.throws(() => dealer.giveBack(0), /Task 0 is with nobody/);
      assert.throws(() => dealer.ended(3, { worker: 'a' }), /Task 3 is with nobody/);
    });
  });

  it('gives what a worker had before it to the next one, when it leaves', () => {
    const dealer = new Dealer({ ...product([2], 3), workers: 2 });
    assert.deepEqual(
      ['a', 'b'].map((name) => dealer.next(name)),
      [0, 3],
    );
    dealer.leave('a');
    dealer.giveBack(0);
    dealer.join('c');
    assert.deepEqual(
      [1, 2, 0].map(() => dealer.next('c')),
      [1, 2, 0],
    );
    assert.equal(dealer.next('c'), 4, 'together with b, then');
  });

  it('counts what is left and what is handed out', () => {
    const dealer = new Dealer({ ...product([2], 2), done: (index) => index === 3 });
    const counts = () => [dealer.left, dealer.handedOut];
    assert.deepEqual(counts(), [3, 0]);
    dealer.next('a');
    dealer.next('a');
    assert.deepEqual(counts(), [1, 2]);
    dealer.ended(0, { worker: 'a' });
    dealer.giveBack(1);
    assert.deepEqual(counts(), [2, 0]);
  });

  it('takes further tasks, and gives them to those who hold their values', () => {
    const dealer = new Dealer({ size: 2, path: (index) => [index % 2], depth: 1, loads: [true], workers: 2 });
    assert.deepEqual(
      ['a', 'b'].map((name) => dealer.next(name)),
      [0, 1],
    );
    dealer.add(4);
    assert.deepEqual(
      ['b', 'a', 'b', 'a', 'a'].map((name) => dealer.next(name)),
      [3, 2, 5, 4, undefined],
    );
  });

  it('knows of loads to come when it estimates, and nothing before a task was measured', () => {
    const dealer = new Dealer({ ...product([2], 3) });
    assert.equal(dealer.estimate(1), undefined);
    dealer.next('a');
    dealer.ended(0, { worker: 'a', taskMs: 1, loadMs: [10] });
    assert.deepEqual(dealer.estimate(1), { minMs: 5 + 10, maxMs: 5 + 10 });
    for (let index = 1; index < 6; index++) dealer.ended(dealer.next('a') ?? assert.fail(), { worker: 'a', taskMs: 1 });
    assert.deepEqual(dealer.estimate(1), { minMs: 0, maxMs: 0 });
  });

  it('deals a million tasks quickly', () => {
    for (const values of [10, 1000]) {
      const startedAt = performance.now();
      const each = 1_000_000 / values;
      const path = (index: number) => [Math.floor(index / each), index % 2];
      const dealer = new Dealer({ size: 1_000_000, path, depth: 2, loads: [true, true], workers: 8 });
      const builtAt = performance.now();
      const names = Array.from({ length: 8 }, (_, i) => `worker-${i}`);
      while (dealer.left > 0) for (const name of names) dealer.next(name);
      const dealtAt = performance.now();
      assert.ok(builtAt - startedAt < 3000, `built in ${builtAt - startedAt} ms`);
      assert.ok(dealtAt - builtAt < 6000, `dealt in ${dealtAt - builtAt} ms`);
    }
  });

  it('refuses options that make no sense', () => {
    const space = product([2], 2);
    assert.throws(() => new Dealer({ ...space, workers: 0 }), /"workers" takes a whole number from 1/);
    assert.throws(() => new Dealer({ ...space, size: -1 }), /"size" takes a whole number from 0/);
    assert.throws(() => new Dealer({ ...space, depth: 2 }), /There are 2 levels, but "loads" says of 1/);
    assert.throws(() => new Dealer({ ...space, path: () => [] }), /path of task 0 has undefined/);
    assert.throws(() => new Dealer({ ...space, path: () => [0.5] }), /path of task 0 has 0.5/);
  });
});

/** The fewest loads on both levels, the first one's counting more, of all ways to share tasks out to workers in order. */
function fewestLoads({ size, path }: ReturnType<typeof product>, workers: number): number[] {
  let fewest = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let way = 0; way < workers ** size; way++) {
    const held: (readonly number[])[] = Array.from({ length: workers }, () => []);
    const loads = [0, 0];
    for (let index = 0, rest = way; index < size; index++, rest = Math.floor(rest / workers)) {
      const values = path(index);
      for (const level of [0, 1])
        if (held[rest % workers]?.[level] !== values[level]) loads[level] = (loads[level] ?? 0) + 1;
      held[rest % workers] = values;
    }
    if (held.every(({ length }) => length > 0) && isFewer(loads, fewest)) fewest = loads;
  }
  return fewest;
}

function isFewer([a = 0, b = 0]: readonly number[], [c = 0, d = 0]: readonly number[]): boolean {
  return a < c || (a === c && b < d);
}

/** Nobody ends sooner than all work takes, evenly spread, nor than a worker's first task with its loads. */
function leastTimes({ size, loadMs = [], speeds }: Simulation, counts: readonly number[]) {
  let nodes = 1;
  let workMs = size;
  for (const [level, count] of counts.entries()) {
    nodes *= count;
    workMs += nodes * (loadMs[level] ?? 0);
  }
  return { spreadMs: workMs / speeds.length, longestMs: 1 + sum(loadMs) };
}

/** The best that could be planned, if every worker loads once and tasks take 1 ms at speed 1. */
function bestSplitMs(size: number, speeds: readonly number[], loadMs: number): number {
  const doneBy = (ms: number) => sum(speeds.map((speed) => Math.max(0, Math.floor((ms - loadMs) * speed + 1e-9))));
  let ms = loadMs;
  while (doneBy(ms) < size) ms += 0.5;
  return ms;
}
