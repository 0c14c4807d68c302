import assert from 'node:assert/strict';
import { ProcessWorker, ThreadWorker } from 'pyworkers';
import { processBackend } from '#internal/backend/process.js';
import { unseal } from '#internal/codec/codec.js';
import { busy } from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';

const CUTS = 10_000;

describe('Cutting off', () => {
  it('a busy loop, 200 times in a row, takes less than 400 ms each and harms nobody', async function () {
    this.timeout(240_000);
    for (let i = 0; i < 200; i++) {
      const Kind = i % 2 === 0 ? ProcessWorker : ThreadWorker;
      const worker = new Kind(busy);
      await begun(worker);
      const startedAt = performance.now();
      assert.equal(await worker.terminate({ graceMs: 5000, force: false }), true);
      assert.ok(performance.now() - startedAt < 400, `${performance.now() - startedAt} ms`);
      if (Kind === ProcessWorker) assert.equal(worker.userState, 'busy');
    }
  });

  it(`short calls at ${CUTS} random moments never ends the host or hits a call that was not meant`, async function () {
    this.timeout(240_000);
    const seed = Date.now() % 2 ** 31;
    const random = randomFrom(seed);
    const running = processBackend.start({
      name: 'cuts',
      target: '',
      env: undefined,
      execArgv: undefined,
      resourceLimits: undefined,
      stdio: 'ignore',
      reuseThread: false,
      cwd: undefined,
      place: undefined,
      onDraining() {},
      onRecalled() {},
      onOutput() {},
    });
    const { channel } = running;
    const meant = new Set<number>();
    const counts = { returned: 0, cut: 0 };
    let answered = 0;
    let lastId = 0;
    // A window of calls is kept under way; interrupts are aimed at the one whose turn it should be, so some come early and some late.
    const spec = {
      kind: 'process',
      name: 'cuts',
      concurrency: 1,
      stopOnError: false,
      interruptible: true,
      cwd: undefined,
      maxMemoryMb: undefined,
    } as const;
    channel.send({ type: 'start', spec, payload: { userId: undefined, state: undefined, args: [] } });
    channel.send({ type: 'target', target: { type: 'source', name: 'short', source: String(shortCall) } });
    const callNext = (): void => {
      lastId += 1;
      channel.send({ type: 'call', id: lastId, payload: [lastId, 100 + random() * 2500] });
    };
    const wrong: string[] = [];
    const done = new Promise<void>((resolve) => {
      const goOn = (id: number): void => {
        answered += 1;
        if (id !== answered) wrong.push(`call ${id} was answered as number ${answered}`);
        if (meant.size >= CUTS) return resolve();
        callNext();
        const toCut = answered + (random() < 0.8 ? 1 : 2);
        meant.add(toCut);
        if (random() < 0.5) running.interrupt(toCut);
        else setTimeout(() => running.interrupt(toCut), random() * 2);
      };
      const returned = (id: number, value: unknown): void => {
        counts.returned += 1;
        if (value !== id) wrong.push(`call ${id} gave another one's result`);
        goOn(id);
      };
      channel.receive((report, attachments) => {
        switch (report.type) {
          case 'ready':
            for (let i = 0; i < 4; i++) callNext();
            return;
          case 'returned':
            return returned(report.id, unseal(report.payload, attachments));
          case 'results':
            return (unseal(report.payload, attachments) as unknown[]).forEach((value, i) => {
              returned(report.id + i, value);
            });
          case 'stopped':
            counts.cut += 1;
            if (!meant.has(report.id)) wrong.push(`call ${report.id} was cut, but not meant`);
            return goOn(report.id);
          case 'ended':
          case 'prepared':
            return;
          default:
            wrong.push(report.type);
        }
      });
      void channel.ended.then(resolve);
    });
    await done;
    channel.send({ type: 'close' });
    await channel.ended;
    const exit = await running.exit(true);
    assert.deepEqual({ wrong, code: exit.code }, { wrong: [], code: 0 }, `seed ${seed}`);
    assert.ok(counts.cut > CUTS / 10 && counts.returned > CUTS / 10, JSON.stringify(counts));
  });
});

function shortCall(id: number, us: number): number {
  const endsAt = performance.now() + us / 1000;
  while (performance.now() < endsAt);
  return id;
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
