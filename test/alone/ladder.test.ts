import assert from 'node:assert/strict';
import { Worker, WorkerTerminatedError } from 'pyworkers';
import { onEachKind } from '../contract/kinds.js';
import * as behaviours from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';
import { eventually } from '../support/eventually.js';
import { isRunning } from '../support/processes.js';

function terminated(worker: Worker<never>): WorkerTerminatedError {
  assert.ok(worker.error instanceof WorkerTerminatedError, String(worker.error));
  return worker.error;
}

onEachKind('Asked to stop', ({ kind }) => {
  for (const target of [behaviours.patient, behaviours.stepping, behaviours.steppingAsync] as const) {
    it(`a target like this ends with its finally blocks run: ${target.name}`, async () => {
      const worker = new Worker<() => unknown>(kind, target as () => unknown);
      await begun(worker);
      assert.equal(await worker.terminate({ graceMs: 5000, force: false }), true);
      assert.equal(terminated(worker).how, 'asked');
      assert.equal(worker.userState, 'cleaned up');
      assert.equal(worker.hasError, true);
      assert.equal(worker.result, undefined);
    });
  }

  it('twice, or when it has ended, a worker answers true', async () => {
    const worker = new Worker(kind, behaviours.patient);
    await begun(worker);
    assert.deepEqual(await Promise.all([worker.terminate(), worker.terminate()]), [true, true]);
    assert.equal(await worker.terminate(), true);
    assert.equal(await worker.terminate({ graceMs: 0, force: false }), true);
  });

  it('with no time and no force, a worker answers false and is dead soon after', async () => {
    const worker = new Worker(kind, behaviours.patient);
    await begun(worker);
    assert.equal(await worker.terminate({ graceMs: 0, force: false }), false);
    assert.equal(await worker.wait({ timeoutMs: 5000 }), true);
    terminated(worker);
  });

  it('a target that hears and does not end survives, and dies by force', async () => {
    const worker = new Worker(kind, behaviours.deaf);
    await begun(worker);
    assert.equal(await worker.terminate({ graceMs: 300, force: false }), false);
    assert.equal(worker.isAlive(), true);
    assert.equal(await worker.terminate({ graceMs: 0 }), true);
    assert.equal(terminated(worker).how, 'killed');
  });

  it('a target that fails while it stops tells its failure as the cause', async () => {
    const worker = new Worker(kind, async () => {
      const { context } = await import('pyworkers/context');
      context().progress('begun');
      await context()
        .sleep(1e9)
        .catch(() => {
          throw new RangeError('clean-up failed');
        });
    });
    await begun(worker);
    await worker.terminate();
    assert.ok(terminated(worker).cause instanceof RangeError);
  });

  it('a worker that has hardly begun to start ends all the same', async () => {
    const worker = new Worker(kind, behaviours.patient);
    assert.equal(await worker.terminate({ graceMs: 5000, force: false }), true);
    terminated(worker);
  });
});

onEachKind(
  'A target that blocks',
  ({ kind, survivesInterrupt }) => {
    for (const target of [behaviours.busy, behaviours.busyInTry, behaviours.busyInRegExp]) {
      it(`is cut off within 400 ms without force: ${target.name}`, async () => {
        const worker = new Worker<() => unknown>(kind, target);
        await begun(worker);
        const startedAt = performance.now();
        assert.equal(await worker.terminate({ graceMs: 5000, force: false }), true);
        assert.ok(performance.now() - startedAt < 400, `${performance.now() - startedAt} ms`);
        assert.equal(terminated(worker).how, 'interrupted');
        if (survivesInterrupt && target === behaviours.busy) assert.equal(worker.userState, 'busy');
      });
    }

    it('stops by itself when it looks at the shared flag', async () => {
      const worker = new Worker(kind, behaviours.attentive);
      await begun(worker);
      assert.equal(await worker.terminate({ graceMs: 5000, force: false }), true);
      assert.equal(terminated(worker).how, 'asked');
      assert.equal(worker.userState, 'cleaned up');
    });

    for (const target of [
      behaviours.busyInTimer,
      behaviours.busyAfterAwait,
      behaviours.busyInPromise,
      behaviours.busyInWebAssembly,
    ]) {
      it(`ends at the latest with the kill: ${target.name}`, async () => {
        const worker = new Worker<() => unknown>(kind, target);
        await begun(worker);
        const startedAt = performance.now();
        assert.equal(await worker.terminate({ graceMs: 500 }), true);
        assert.ok(performance.now() - startedAt < 1500);
        terminated(worker);
      });
    }

    it('can be looked at where it is', async () => {
      const worker = new Worker(kind, behaviours.busy, [], { name: 'stuck 99' });
      await begun(worker);
      assert.match(await worker.stack(), /at busy \(file:.*behaviours\.js:\d+:\d+\)/);
      assert.match(await worker.stack(), /at busy/);
      await worker.terminate();
    });

    it('has no stack while it is idle', async () => {
      const worker = new Worker(kind, behaviours.patient);
      await begun(worker);
      await eventually(async () => (await worker.stack()) === '');
      assert.equal(await worker.terminate({ force: false }), true);
    });
  },
  { isolated: true },
);

describe('A process', () => {
  it('runs its hooks after it was cut off, and delivers its state', async () => {
    const worker = new Worker('process', behaviours.busyWithHook);
    await begun(worker);
    assert.equal(await worker.terminate({ graceMs: 5000, force: false }), true);
    assert.equal(worker.userState, 'hook has run');
  });

  it('that ignores signals and catches everything is gone with its grandchildren', async () => {
    const worker = new Worker('process', behaviours.stubborn);
    const pids = (await begun(worker)) as number[];
    const own = worker.id?.pid as number;
    assert.ok([own, ...pids].every(isRunning));
    const graceMs = 400;
    const startedAt = performance.now();
    assert.equal(await worker.terminate({ graceMs }), true);
    await eventually(() => ![own, ...pids].some(isRunning), graceMs + 1000);
    assert.ok(performance.now() - startedAt < graceMs + 1000);
    terminated(worker);
  });

  for (const signal of ['SIGTERM', 'SIGKILL', 'SIGINT'] as const) {
    it(`ended from outside by ${signal} is lost, and its error says so`, async () => {
      const worker = new Worker('process', behaviours.patient);
      const hasBegun = begun(worker);
      await eventually(async () => (await hasBegun) && (await worker.stack()) === '');
      process.kill(worker.id?.pid as number, signal);
      const outcome = await worker.outcome();
      assert.ok(outcome.type === 'lost');
      assert.equal(outcome.exit.signal, signal);
      assert.match(outcome.error.message, new RegExp(signal));
    });
  }

  it('ended from outside by SIGKILL takes all along that it has started, also what left its group', async () => {
    const worker = new Worker('process', behaviours.stubborn);
    const pids = (await begun(worker)) as number[];
    assert.ok(pids.every(isRunning));
    process.kill(worker.id?.pid as number, 'SIGKILL');
    assert.equal((await worker.outcome()).type, 'lost');
    assert.deepEqual(pids.filter(isRunning), []);
  });

  it('that kills itself is lost', async () => {
    const outcome = await new Worker('process', behaviours.vanish).outcome();
    assert.ok(outcome.type === 'lost');
    assert.equal(outcome.exit.signal, 'SIGKILL');
  });

  it('can go without being interruptible, and is killed then', async () => {
    const worker = new Worker('process', behaviours.busy, [], { interruptible: false });
    await begun(worker);
    assert.equal(await worker.terminate({ graceMs: 500 }), true);
    assert.equal(terminated(worker).how, 'killed');
  });

  it('whose exit handlers block is ended after its grace', async () => {
    const worker = new Worker(
      'process',
      () => {
        process.on('exit', () => {
          for (;;);
        });
        return 7;
      },
      [],
      { graceMs: 300 },
    );
    assert.equal(await worker.value(), 7);
  });
});
