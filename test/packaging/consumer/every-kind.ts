import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  InlineWorker,
  type Outcome,
  PersistentInlineWorker,
  PersistentProcessWorker,
  PersistentThreadWorker,
  type PersistentWorker,
  Pool,
  ProcessWorker,
  RemoteWorker,
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

const token = 'a token for this run only';
const server = spawn(join('node_modules', '.bin', 'pyw-server'), ['--port', '0', '--exit-with-stdin'], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, PYW_TOKEN: token },
});
const [line] = (await once(server.stdout, 'data')) as [Buffer];
const { host, port } = JSON.parse(line.toString()) as { host: string; port: number };
const there = { host: [host, port], token } as const;
const heated: Celsius = await new RemoteWorker(warmer, [new Celsius(20), 1], there).value();
assert.equal(heated.degrees, 21);

const pool = await Pool.of(warmer, { threads: 1, processes: 1 });
const warmed: readonly Celsius[] = await pool.run([[new Celsius(1), 2]], { spread: true });
assert.equal(warmed[0]?.degrees, 3);
await pool.close();
server.stdin.end();
await once(server, 'exit');

process.stdout.write('every kind works');
