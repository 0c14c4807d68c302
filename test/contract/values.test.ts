import assert from 'node:assert/strict';
import { type Outcome, PersistentWorker, Worker } from 'pyworkers';
import { checkAllAndReturn, checkAndReturn, checkArrival, values } from '../fixtures/values.js';
import { onEachKind } from './kinds.js';

onEachKind('As argument and as result, a worker', ({ kind }) => {
  const outcomes = new Map<string, Outcome<unknown>>();

  before('send every value through one worker and back', async () => {
    await using worker = new PersistentWorker(kind, checkAndReturn);
    const calls = values.map(async ({ name, make }): Promise<[string, Outcome<unknown>]> => {
      const call = worker.call(name, make());
      return [
        name,
        await call.then(
          (value) => ({ type: 'returned', value }),
          (error) => ({ type: 'threw', error }),
        ),
      ];
    });
    for (const [name, outcome] of await Promise.all(calls)) outcomes.set(name, outcome);
  });

  for (const { name } of values) {
    it(`carries ${name}`, () => {
      const outcome = outcomes.get(name);
      if (outcome?.type === 'threw') throw outcome.error;
      assert.ok(outcome?.type === 'returned', outcome?.type);
      checkArrival(name, outcome.value);
    });
  }

  it('carries all of them in one message, and one-shot', async () => {
    const all = (): Record<string, unknown> => Object.fromEntries(values.map(({ name, make }) => [name, make()]));
    const arrived = await new Worker(kind, checkAllAndReturn, [all()]).value();
    for (const { name } of values) checkArrival(name, arrived[name]);
  });
});
