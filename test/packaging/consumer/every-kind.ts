import assert from 'node:assert/strict';
import {
  InlineWorker,
  type Outcome,
  PersistentInlineWorker,
  PersistentProcessWorker,
  PersistentThreadWorker,
  type PersistentWorker,
  ProcessWorker,
  ThreadWorker,
  type Worker,
} from 'pyworkers';
import { Celsius, greeting, warmer } from './tasks.js';

const workers: readonly Worker<typeof warmer>[] = [
  new ThreadWorker(warmer, [new Celsius(20), 1]),
  new ProcessWorker(warmer, [new Celsius(20), 1], { name: 'warmer' }),
  new InlineWorker(warmer, [new Celsius(20), 1]),
];
for (const worker of workers) {
  const outcome: Outcome<Celsius> = await worker.outcome();
  assert.equal(outcome.type, 'returned');
  assert.ok(outcome.value instanceof Celsius);
  assert.equal(outcome.value.degrees, 21);
}

const greeted: readonly string[] = [
  await new ThreadWorker(greeting).value(),
  await new ProcessWorker(greeting).value(),
];
assert.deepEqual(greeted, ['hello from thread', 'hello from process']);

const twins: readonly PersistentWorker<typeof warmer>[] = [
  new PersistentThreadWorker(warmer),
  new PersistentProcessWorker(warmer),
  new PersistentInlineWorker(warmer),
];
for (const twin of twins) {
  const called: Celsius = await twin.call(new Celsius(1), 2);
  assert.equal(called.degrees, 3);
  twin.enqueue(new Celsius(2), 2);
  twin.close();
  for await (const result of twin.resultsIter()) assert.equal(result.degrees, 4);
  const calls: number = await twin.value();
  assert.equal(calls, 2);
}

process.stdout.write('every kind works');
