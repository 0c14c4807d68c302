import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { OptionError, Worker, WorkerLostError, WorkerTerminatedError } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';
import { eventually } from '../support/eventually.js';
import { onEachKind } from './kinds.js';

onEachKind('A worker', ({ kind, isIsolated, isHere, hasProcess }) => {
  it('runs its target and gives what it returns', async () => {
    const worker = new Worker(kind, behaviours.sum, [1, 2, 3]);
    assert.equal(worker.isAlive(), true);
    assert.equal(worker.hasError, undefined);
    assert.equal(await worker.value(), 6);
    assert.deepEqual(await worker.outcome(), { type: 'returned', value: 6 });
    assert.equal(worker.isAlive(), false);
    assert.equal(worker.result, 6);
    assert.equal(worker.error, undefined);
    assert.equal(worker.hasError, false);
    assert.equal(worker.state, 'ended');
  });

  it('awaits an async target', async () => {
    assert.equal(await new Worker(kind, behaviours.slowSquare, [3]).value(), 9);
  });

  it('can be waited for twice, and again when it is over', async () => {
    const worker = new Worker(kind, behaviours.slowSquare, [3]);
    assert.deepEqual(await Promise.all([worker.wait(), worker.wait()]), [true, true]);
    assert.equal(await worker.wait(), true);
    assert.equal(await worker.wait({ timeoutMs: 0 }), true);
  });

  it('answers a wait with false when the time ran out, and with true later', async () => {
    const worker = new Worker(kind, behaviours.slowSquare, [3, 300]);
    assert.equal(await worker.wait({ timeoutMs: 20 }), false);
    assert.equal(await worker.wait({ signal: AbortSignal.timeout(20) }), false);
    assert.equal(await worker.wait({ timeoutMs: 60_000 }), true);
  });

  it('waits longer than a timer of Node can', async () => {
    const worker = new Worker(kind, behaviours.slowSquare, [3, 100]);
    assert.equal(await worker.wait({ timeoutMs: 2 ** 40 }), true);
  });

  it('knows who it is, outside and inside', async () => {
    const worker = await Worker.create(kind, behaviours.introduce, [], { name: 'fred', userId: { n: 7 } });
    const { id } = worker;
    assert.ok(id);
    assert.equal(id.host, hostname());
    assert.equal(worker.name, 'fred');
    assert.deepEqual(worker.userId, { n: 7 });
    assert.deepEqual(worker.parentId, { host: hostname(), pid: process.pid, tid: 0 });
    assert.equal(worker.kind, kind);
    assert.equal(id.pid === process.pid, !hasProcess);
    assert.equal(id.tid !== 0, kind === 'thread');
    assert.deepEqual(await worker.value(), { id, kind, name: 'fred', userId: { n: 7 } });
  });

  it('is among the active workers while it is alive', async () => {
    const worker = new Worker(kind, behaviours.slowSquare, [3]);
    assert.ok(Worker.active().includes(worker));
    await worker.wait();
    assert.ok(!Worker.active().includes(worker));
  });

  for (const [title, target, options] of [
    ['without a target', undefined, {}],
    ['with false for a target', false, {}],
    ['that is not to run', behaviours.square, { run: false }],
  ] as const) {
    it(`${title} is ended from the beginning, without error, and has all its methods`, async () => {
      const worker = new Worker(kind, target as typeof behaviours.square, [3], options);
      assert.equal(worker.isAlive(), false);
      assert.equal(worker.state, 'ended');
      assert.equal(worker.hasError, false);
      assert.equal(worker.result, undefined);
      assert.equal(worker.error, undefined);
      assert.equal(await worker.ready, undefined);
      assert.equal(await worker.wait(), true);
      assert.equal(await worker.terminate(), true);
      assert.equal(await worker.value(), undefined);
      assert.deepEqual(await worker.outcome(), { type: 'notRun' });
      assert.equal(await worker.stack(), '');
      worker.close();
      await worker.restart();
    });
  }

  it('gives the error that its target threw', async () => {
    const worker = new Worker(kind, behaviours.fail, ['no']);
    await assert.rejects(worker.value(), { name: 'RangeError', message: 'no' });
    assert.equal(worker.hasError, true);
    assert.ok(worker.error instanceof RangeError);
    assert.equal(worker.result, undefined);
    assert.equal((await worker.outcome()).type, 'threw');
    assert.match((worker.error as Error).stack ?? '', /behaviours/);
  });

  for (const thrown of [undefined, null, 'text', 7, { a: 1 }]) {
    it(`makes an error of a thrown ${JSON.stringify(thrown)}`, async () => {
      const outcome = await new Worker(kind, behaviours.throwValue, [thrown]).outcome();
      assert.ok(outcome.type === 'threw');
      const error = outcome.error as Error & { thrown: unknown };
      assert.equal(error.name, 'ThrownValueError');
      assert.deepEqual(error.thrown, thrown);
    });
  }

  it('reports the yields of a generator as progress and returns its return value', async () => {
    for (const target of [behaviours.stepping, behaviours.steppingAsync]) {
      const worker = new Worker(kind, target, [5]);
      const seen: unknown[] = [];
      worker.on('progress', (value) => seen.push(value));
      assert.equal(await worker.value(), 'through');
      assert.deepEqual(seen, [0, 1, 2, 3, 4]);
    }
  });

  it('goes through its states in order', async () => {
    const states: string[] = [];
    const worker = new Worker(kind, behaviours.patient);
    worker.on('state', (state) => states.push(state));
    await begun(worker);
    await worker.terminate();
    assert.deepEqual(states, ['running', 'terminating', 'ended']);
  });

  it('hands its user state back, and on to another worker', async () => {
    const first = new Worker(kind, behaviours.countUp, [], { initState: 41 });
    assert.equal(await first.value(), 42);
    assert.equal(first.userState, 42);
    const second = new Worker(kind, behaviours.countUp, [], { initState: first.userState });
    assert.equal(await second.value(), 43);
  });

  it('restarts with a new id, the same arguments and the state that was left', async () => {
    const worker = await Worker.create(kind, behaviours.countUp, []);
    const firstId = worker.id;
    await worker.wait();
    await worker.restart();
    await worker.ready;
    if (isIsolated) assert.notDeepEqual(worker.id, firstId);
    assert.equal(await worker.value(), 2);
  });

  it('is terminated by its time', async () => {
    const worker = new Worker(kind, behaviours.patient, [], { timeoutMs: 150 });
    const outcome = await worker.outcome();
    assert.ok(outcome.type === 'terminated');
    assert.ok(outcome.error instanceof WorkerTerminatedError);
    assert.equal(outcome.error.reason, 'timeout');
  });

  it('is terminated by its signal', async () => {
    const controller = new AbortController();
    const worker = new Worker(kind, behaviours.patient, [], { signal: controller.signal });
    await begun(worker);
    controller.abort(new Error('enough'));
    const outcome = await worker.outcome();
    assert.ok(outcome.type === 'terminated');
    assert.ok(outcome.error instanceof WorkerTerminatedError);
    assert.equal(outcome.error.reason, 'signal');
    assert.equal((outcome.error.cause as Error).message, 'enough');
  });

  it('does not even start under a signal that has aborted', async () => {
    const worker = new Worker(kind, behaviours.patient, [], { signal: AbortSignal.abort() });
    assert.equal(worker.isAlive(), false);
    const outcome = await worker.outcome();
    assert.ok(outcome.type === 'terminated');
  });

  it('is terminated at the end of an "await using" block', async () => {
    let worker: Worker;
    {
      await using inner = new Worker(kind, behaviours.patient);
      worker = inner;
      await begun(inner);
    }
    assert.equal(worker.isAlive(), false);
    assert.ok(worker.error instanceof WorkerTerminatedError);
  });

  it('lets no listener that throws harm it', async () => {
    const uncaught: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error));
    try {
      const worker = new Worker(kind, behaviours.stepping, [2]);
      worker.on('progress', () => {
        throw new Error('a bad listener');
      });
      assert.equal(await worker.value(), 'through');
      await eventually(() => uncaught.length === 2);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
  });

  it('refuses what it cannot use at its door', () => {
    const bad = (args: unknown, options: unknown, target: unknown = behaviours.square) =>
      new Worker(kind, target as typeof behaviours.square, args as [number], options as object);
    assert.throws(() => bad([1], { timeoutMs: -1 }), /"timeoutMs" takes a number of milliseconds/);
    assert.throws(() => bad([1], { graceMs: Number.NaN }), OptionError);
    assert.throws(() => bad([1], { timeOut: 5 }), /no option "timeOut"\. The options are: timeoutMs/);
    assert.throws(() => bad([1], { env: { A: 1 } }), /"env" takes an object of strings/);
    assert.throws(() => bad([1], { stdio: 'file' }), OptionError);
    if (isHere) assert.throws(() => bad([1], { cwd: '/no/such/folder' }), OptionError);
    assert.throws(() => bad([1], { signal: {} }), OptionError);
    assert.throws(() => bad([1], null), OptionError);
    assert.throws(() => bad(3, {}), /arguments of the target are an array/);
    assert.throws(() => bad([1], {}, 42), /A target is a function/);
    assert.throws(() => bad([1], {}, {}), OptionError);
    assert.throws(() => bad([1], { run: true }, undefined === behaviours ? 1 : null), OptionError);
    assert.throws(() => new Worker('fiber' as 'thread', behaviours.square, [1]), /no worker of kind "fiber"/);
    assert.equal(Worker.active().length, 0);
  });

  it('rejects bad waits and terminations, and lives on', async () => {
    const worker = new Worker(kind, behaviours.patient);
    await assert.rejects(worker.wait({ timeoutMs: -5 }), OptionError);
    await assert.rejects(worker.wait({ timeoutMs: Number.NaN }), OptionError);
    await assert.rejects(worker.terminate({ graceMs: -1 }), OptionError);
    assert.equal(worker.isAlive(), true);
    assert.equal(await worker.terminate(), true);
  });

  it('gives the path of an argument that cannot be sent, and leaves nothing running', () => {
    const target = behaviours.throwValue;
    assert.throws(() => new Worker(kind, target, [{ deep: [{ fn() {} }] }]), /args\[0\]\.deep\[0\]\.fn/);
  });

  it('gives the path of a state that cannot be handed back', async () => {
    const worker = new Worker(kind, async () => {
      const { context } = await import('pyworkers/context');
      context<unknown>().state = { fn() {} };
      return 'fine';
    });
    assert.equal(await worker.value(), 'fine');
    assert.throws(() => worker.userState, /fn is the function/);
  });
});

onEachKind(
  'A worker of its own',
  ({ kind, isHere, hasProcess }) => {
    it('dies with an error that tells the exit code when its target exits the process', async () => {
      const outcome = await new Worker(kind, behaviours.exit, [3]).outcome();
      assert.ok(outcome.type === 'lost');
      assert.ok(outcome.error instanceof WorkerLostError);
      assert.equal(outcome.exit.code, 3);
      assert.match(outcome.error.message, /code 3/);
    });

    for (const target of [behaviours.throwInBackground, behaviours.rejectInBackground]) {
      it(`tells what was uncaught when the target does this: ${target.name}`, async () => {
        const outcome = await new Worker(kind, target).outcome();
        assert.ok(outcome.type === 'lost');
        assert.match(outcome.error.message, /in the background/);
        assert.ok(outcome.error.cause instanceof RangeError);
      });
    }

    it('ends although a process that it left behind holds its output', async () => {
      const worker = new Worker(kind, behaviours.leaveBehind, [], { stdio: 'pipe' });
      process.kill(await worker.value(), 'SIGKILL');
    });

    it('says that it ran out of memory, and the caller lives', async () => {
      const worker = new Worker(kind, behaviours.hoard, [], {
        resourceLimits: { maxOldGenerationSizeMb: 30 },
        stdio: 'ignore',
      });
      const outcome = await worker.outcome();
      assert.ok(outcome.type === 'lost');
      assert.match(outcome.error.message, /out of memory/);
    });

    it('has the environment of its caller, or of its server, with changes', async () => {
      process.env.PYW_TEST_KEPT = 'kept';
      try {
        const env = { PYW_TEST_NEW: 'new' };
        assert.equal(await new Worker(kind, behaviours.environment, ['PYW_TEST_NEW'], { env }).value(), 'new');
        assert.equal(
          await new Worker(kind, behaviours.environment, ['PYW_TEST_KEPT'], { env }).value(),
          isHere ? 'kept' : undefined,
        );
        assert.ok(await new Worker(kind, behaviours.environment, ['PATH'], { env }).value());
        const without = { PATH: undefined };
        assert.equal(await new Worker(kind, behaviours.environment, ['PATH'], { env: without }).value(), undefined);
      } finally {
        delete process.env.PYW_TEST_KEPT;
      }
    });

    it('is ended at whatever moment of its start', async () => {
      for (let ms = 0; ms < 40; ms += hasProcess ? 8 : 1) {
        const workers = [0, 1].map(() => new Worker(kind, behaviours.deaf, []));
        await sleep(ms % 12);
        assert.deepEqual(await Promise.all(workers.map((worker) => worker.terminate({ graceMs: 0 }))), [true, true]);
      }
    });

    it('shows its name to the operating system', async () => {
      const { title, comm } = await new Worker(kind, behaviours.osName, [], { name: 'fred' }).value();
      if (hasProcess) assert.equal(title, 'pyworkers: fred');
      else assert.equal(comm, 'fred');
    });
  },
  { isolated: true },
);

describe('Kinds', () => {
  it('a process takes a working directory, a thread refuses one', async () => {
    assert.equal(await new Worker('process', behaviours.workingDirectory, [], { cwd: '/' }).value(), '/');
    assert.throws(() => new Worker('thread', behaviours.workingDirectory, [], { cwd: '/' }), /needs a process/);
  });

  it('PYW_KIND=inline turns every local worker into an inline one', async () => {
    process.env.PYW_KIND = 'inline';
    try {
      const worker = new Worker('process', behaviours.introduce, [], { cwd: '/' });
      assert.equal(worker.kind, 'inline');
      assert.equal(((await worker.value()) as { id: { pid: number } }).id.pid, process.pid);
      process.env.PYW_KIND = 'fiber';
      assert.throws(() => new Worker('process', behaviours.introduce), /PYW_KIND is "fiber"/);
    } finally {
      delete process.env.PYW_KIND;
    }
  });
});
