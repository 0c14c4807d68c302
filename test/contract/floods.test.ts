import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PersistentWorker, Worker } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { onEachKind } from './kinds.js';

const FLOOD_MB = 100;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is really held: garbage that is not collected yet says nothing. */
function liveBytes(): number {
  collectGarbage();
  collectGarbage(); // buffers are freed in the background: the second collection waits for the first one's
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

onEachKind('A worker with much to say', ({ kind, isIsolated }) => {
  it('returns 50 MB', async () => {
    const worker = new Worker(kind, behaviours.bytes, [50 * 1024 * 1024]);
    assert.equal(await worker.wait({ timeoutMs: 20_000 }), true);
    assert.equal(worker.result?.length, 50 * 1024 * 1024);
    assert.equal(worker.result?.at(-1), 7);
  });

  it('ends although 100,000 results are unread, and they are all there', async () => {
    const worker = new PersistentWorker(kind, behaviours.square);
    for (let i = 0; i < 100_000; i++) worker.enqueue(i);
    worker.close();
    assert.equal(await worker.wait({ timeoutMs: 20_000 }), true);
    assert.equal(worker.result, 100_000);
    let next = 0;
    for await (const result of worker.resultsIter()) assert.equal(result, (next++) ** 2);
    assert.equal(next, 100_000);
  });

  if (!isIsolated) return;

  it('loses no result when it exits right after the last one, with more calls on their way to it', async () => {
    const worker = new PersistentWorker(kind, behaviours.bytesThenExit);
    const part = new Uint8Array(1024 * 1024);
    const calls = Array.from({ length: 30 }, (_, i) => worker.call(i, part));
    const results = await Promise.allSettled(calls);
    assert.deepEqual(
      results.map((result) => result.status === 'fulfilled' && result.value.byteLength),
      Array.from({ length: 30 }, (_, i) => i < 9 && 32 * 1024),
    );
    assert.equal((await worker.outcome()).type, 'lost');
  });

  for (const hears of [true, false]) {
    it(`floods stderr with ${FLOOD_MB} MB, ${hears ? 'heard' : 'unheard'}, and little of it is ever in memory`, async () => {
      const worker = new Worker(kind, behaviours.flood, ['stderr', FLOOD_MB], { stdio: 'pipe' });
      let heardBytes = 0;
      if (hears) worker.on('stderr', (chunk) => (heardBytes += chunk.length));
      const before = liveBytes();
      let most = 0;
      const timer = setInterval(() => (most = Math.max(most, liveBytes() - before)), 50);
      assert.equal(await worker.wait({ timeoutMs: 25_000 }), true);
      clearInterval(timer);
      assert.deepEqual(await worker.outcome(), { type: 'returned', value: undefined });
      if (hears) assert.equal(heardBytes, FLOOD_MB * 1024 * 1024);
      assert.ok(most < 20 * 1024 * 1024, `${most / 1024 / 1024} MB more`);
    });
  }

  it('loses no line that it prints before it exits', async () => {
    const worker = new Worker(
      kind,
      () => {
        for (let i = 0; i < 3000; i++) process.stdout.write(`line ${i}\n`);
        process.exit(5);
      },
      [],
      { stdio: 'pipe' },
    );
    let text = '';
    worker.on('stdout', (chunk) => (text += chunk));
    await worker.wait();
    assert.equal(text.split('\n').length, 3001);
  });

  it('writes to a file, to nowhere, or where its caller writes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pyworkers-'));
    try {
      const file = join(folder, 'log');
      for (const text of ['first', 'second'])
        await new Worker(kind, behaviours.say, [text], { stdio: { file } }).value();
      assert.equal(readFileSync(file, 'utf8'), 'first\nfirst (stderr)\nsecond\nsecond (stderr)\n');
      await new Worker(kind, behaviours.flood, ['stdout', 10], { stdio: { file } }).value();
      assert.ok(statSync(file).size > 10 * 1024 * 1024);
      await new Worker(kind, behaviours.say, ['never seen'], { stdio: 'ignore' }).value();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
