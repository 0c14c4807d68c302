import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eta } from '#internal/sweep/results/eta.js';
import { percentilesOf } from '#internal/task/timings/percentiles.js';
import { timer } from '#internal/task/timings/timer.js';
import { Timings, timingsIn } from '#internal/task/timings/timings.js';
import { Random } from '../support/random.js';

const isNear = (value: number, wanted: number, part = 0.011): boolean => Math.abs(value - wanted) <= part * wanted;

describe('Timings', () => {
  it('of many durations give percentiles within 1 %, and count, mean, least and most exactly', () => {
    const random = new Random(1);
    const values = Array.from({ length: 20_000 }, () => Math.exp(10 * random.fraction()));
    const timings = new Timings();
    for (const each of values) timings.record('read', each);
    const [told, exact] = [timings.of('read'), percentilesOf(values)];
    assert.ok(told);
    for (const key of ['p50', 'p90', 'p95', 'p99'] as const) assert.ok(isNear(told[key], exact[key]), key);
    assert.deepEqual([told.count, told.min, told.max], [exact.count, exact.min, exact.max]);
    assert.ok(isNear(told.mean, exact.mean, 1e-9) && isNear(told.std, exact.std, 1e-6));
    assert.ok(JSON.stringify(timings).length < 10_000, 'little room, however many there are');
  });

  it('of several workers merge into those of all, also by way of JSON', () => {
    const [one, other, both] = [new Timings(), new Timings(), new Timings()];
    for (let ms = 1; ms <= 100; ms += 1) {
      (ms % 3 ? one : other).record('read', ms);
      both.record('read', ms);
    }
    one.merge(JSON.parse(JSON.stringify(other)));
    one.merge({ write: [1, 2, 3] });
    assert.deepEqual(one.of('read'), both.of('read'));
    assert.ok(isNear(one.of('write')?.p50 ?? 0, 2));
    assert.deepEqual([one.names, one.of('none')], [['read', 'write'], undefined]);
  });

  it('count nothing that is no duration', () => {
    const timings = new Timings();
    for (const ms of [-1, Number.NaN, Infinity, 0]) timings.record('x', ms);
    assert.deepEqual([timings.of('x')?.count, timings.of('x')?.p99], [1, 0]);
  });

  it('are found in the note of a task, whatever else is there', () => {
    const sketch = JSON.parse(JSON.stringify(new Timings()));
    assert.deepEqual(timingsIn({ timers: { a: [1], b: 'x', c: { buckets: [[1]] }, d: { buckets: 1 }, ...sketch } }), {
      a: [1],
    });
    assert.deepEqual([timingsIn(undefined), timingsIn('x'), timingsIn({ timers: [1] })], [{}, {}, {}]);
  });

  it('of a block tell how long it took, and how much of that it waited', async () => {
    const timings = new Timings();
    {
      using _ = timer('wait', timings);
      await sleep(120);
    }
    {
      using _ = timer('work', timings);
      for (const until = performance.now() + 120; performance.now() < until; );
    }
    const [wall, wait] = [timings.of('wait_wallclock')?.max ?? 0, timings.of('wait_iowait')?.max ?? 0];
    assert.ok(wall >= 119 && wait >= wall / 2 && wait <= wall, `${wait} of ${wall}`);
    const [worked, waited] = [timings.of('work_wallclock')?.max ?? 0, timings.of('work_iowait')?.max ?? 0];
    assert.ok(worked >= 119 && waited < worked, `${waited} of ${worked}`);
    assert.equal(timings.of('work_wallclock')?.count, 1);
  });
});

describe('What is told of the rest of a sweep', () => {
  /** When tasks end that workers take one after the other. */
  function endsOf(durations: readonly number[], workers: number): number[] {
    const freeAt = Array.from({ length: workers }, () => 0);
    return durations.map((ms) => {
      const first = freeAt.indexOf(Math.min(...freeAt));
      freeAt[first] = (freeAt[first] ?? 0) + ms;
      return freeAt[first] ?? 0;
    });
  }

  for (const [workers, shape] of [
    [1, 'alike'],
    [4, 'alike'],
    [4, 'very different'],
    [16, 'very different'],
  ] as const) {
    // biome-ignore format: a table
    it(`holds in at least seven of ten sweeps, with ${workers} workers and tasks that are ${shape}`, () => {
      let held = 0;
      for (let seed = 0; seed < 100; seed += 1) {
        const random = new Random(seed);
        const spread = shape === 'alike' ? 0.2 : 2;
        const durations = Array.from({ length: 200 }, () => 100 * Math.exp(spread * (random.fraction() - 0.5)));
        const ends = endsOf(durations, workers);
        const now = ends.toSorted((a, b) => a - b)[60] ?? 0;
        const ended = durations.filter((_, i) => (ends[i] ?? 0) <= now);
        const active = durations.flatMap((ms, i) => {
          const startedAt = (ends[i] ?? 0) - ms;
          return startedAt <= now && (ends[i] ?? 0) > now ? [now - startedAt] : [];
        });
        const told = eta({
          elapsedMs: now,
          done: ended.length,
          failures: 0,
          left: 200 - ended.length,
          workers,
          durations: percentilesOf(ended),
          activeForMs: active,
        }).remainingMs;
        const rest = Math.max(...ends) - now;
        assert.ok(told && told.least <= told.likely && told.likely <= told.most);
        if (told.least <= rest && rest <= told.most) held += 1;
        assert.ok(told.most < 2 * rest, 'a range that says something');
      }
      assert.ok(held >= 70, `${held}`);
    });
  }

  const durations = percentilesOf([100, 100, 100]);
  const facts = { elapsedMs: 300, done: 2, failures: 1, left: 10, workers: 1, durations };

  it('takes loads that are still to come into account, and what those at work have done', () => {
    assert.equal(eta(facts).remainingMs?.likely, 1000);
    assert.equal(eta({ ...facts, pendingLoadMs: 500 }).remainingMs?.likely, 1500);
    assert.equal(eta({ ...facts, activeForMs: [60] }).remainingMs?.likely, 940);
    assert.equal(eta(facts).perSecond, 10);
  });

  it('is nothing before a task has ended, and 0 when none is left', () => {
    assert.equal(eta({ ...facts, durations: percentilesOf([]) }).remainingMs, undefined);
    assert.equal(eta({ ...facts, workers: 0 }).remainingMs, undefined);
    assert.deepEqual(eta({ ...facts, left: 0 }).remainingMs, { likely: 0, least: 0, most: 0 });
    assert.equal(eta({ ...facts, elapsedMs: 0 }).perSecond, 0);
  });

  it('is a wide range after a single task', () => {
    const { least, most } = eta({ ...facts, durations: percentilesOf([100]) }).remainingMs ?? { least: 1, most: 0 };
    assert.ok(least === 0 && most >= 2000, `${least} to ${most}`);
  });
});
