import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sweep, sweep } from 'pyworkers/sweep';
import { plannedWorkers } from '#internal/sweep/commands/planned-workers.js';
import { allowedCpus } from '#internal/task/resources/cpus.js';
import { StandInMachine } from '../fixtures/sweep-gpu-machine.js';
import * as tasks from '../fixtures/sweep-tasks.js';
import { ServerProcess, testToken } from '../support/server-process.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('A sweep over several machines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pyw-sweep-'));
  let machine: StandInMachine;
  let one: ServerProcess;
  let other: ServerProcess;

  before(async () => {
    machine = new StandInMachine('nvidia');
    machine.gpus({}, {});
    machine.processes();
    one = await ServerProcess.start();
    other = await ServerProcess.start([], { ...machine.env, PATH: `${machine.env.PATH}:${process.env.PATH}` });
  });
  after(async () => {
    await one.stop();
    await other.stop();
    machine.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (server: ServerProcess) => ({ host: server.address, token: testToken });

  it('runs tasks on all of them, and has their results, logs and files here', async () => {
    const output = join(folder, 'both');
    const study = new Sweep({
      output,
      variables: { x: upTo(8) },
      task: tasks.writes,
      workers: {
        hosts: [at(one), at(other)],
        env: { PYW_MEETING: mkdtempSync(join(folder, 'meeting-')), PYW_MEETING_OF: '2' },
      },
    });
    const hosts = new Set<string>();
    study.on('ended', (_, { host }) => hosts.add(host));
    const results = await study.run();
    assert.deepEqual(
      results.toRecords(),
      upTo(8).map((x) => ({ x, y: x })),
    );
    assert.deepEqual([...hosts].sort(), [one.address, other.address].sort());
    for (const x of upTo(8)) {
      const task = join(output, `x=${x}`);
      assert.equal(readFileSync(join(task, 'deep', 'made.txt'), 'utf8'), `made by ${x}`);
      const [log = ''] = readdirSync(task).filter((name) => name.startsWith('log.writes.'));
      assert.equal(readFileSync(join(task, log), 'utf8'), `printed ${x}\n`);
    }
  });

  it('runs commands there, with their logs here', async () => {
    const output = join(folder, 'commands');
    const results = await sweep({
      output,
      variables: { x: [1, 2] },
      commands: 'echo said {x}; echo \'::result {"y": {x}}\'',
      workers: { hosts: [at(one)] },
    });
    assert.deepEqual(
      results.rows.map(({ y }) => y),
      [1, 2],
    );
    const [log = ''] = readdirSync(join(output, 'x=2')).filter((name) => name.startsWith('log.command.'));
    assert.match(readFileSync(join(output, 'x=2', log), 'utf8'), /said 2/);
  });

  it('finds the GPUs there, gives each worker its own, and keeps other sweeps off them', async () => {
    const study = (name: string) =>
      new Sweep({
        output: join(folder, name),
        variables: { x: upTo(6) },
        task: tasks.visible,
        workers: { hosts: [{ ...at(other), gpus: 1 }] },
      });
    const [first, second] = [study('first'), study('second')];
    let together = 0;
    let most = 0;
    for (const each of [first, second]) {
      each.on('started', () => {
        together += 1;
        most = Math.max(most, together);
      });
      each.on('ended', () => {
        together -= 1;
      });
    }
    const both = await Promise.all([first.run(), second.run()]);
    for (const results of both) {
      assert.equal(results.length, 6);
      assert.ok(results.rows.every(({ gpus }) => gpus === '0' || gpus === '1'));
    }
    assert.ok(most <= 2, `${most} tasks ran at one time on 2 GPUs`);
  });

  it('gives hosts the GPUs that every worker is to get, and works here only if the count says so', async () => {
    const hosts = [{ ...at(other) }, { ...at(one), gpus: 0 }];
    const { workers } = await plannedWorkers({ gpus: 1, hosts });
    assert.deepEqual(
      workers.map(({ host, gpus }) => [host, ...gpus]),
      [[other.address, '0'], [other.address, '1'], [one.address]],
    );
    const output = join(folder, 'inherited');
    const env = { PYW_MEETING: mkdtempSync(join(folder, 'meeting-')), PYW_MEETING_OF: '3' };
    const study = new Sweep({
      output,
      variables: { x: upTo(9) },
      task: tasks.visible,
      workers: { gpus: 1, hosts, env },
    });
    const refusals = new Set<string>();
    const working = new Set<string>();
    study.on('ended', (_, { host }) => working.add(host));
    study.on('started', () => {
      try {
        study.addWorker();
      } catch (error) {
        refusals.add((error as Error).message);
      }
    });
    const { rows } = await study.run();
    assert.match([...refusals].join(), /^No further worker can be had: workers get GPUs, and this machine gives none/);
    assert.deepEqual([...new Set(rows.map(({ gpus }) => gpus))].sort(), ['', '0', '1']);
    assert.deepEqual([...working].sort(), hosts.map(({ host }) => host).sort());
  });

  it('starts workers over there in a folder, keeps them to CPUs, and shows them no GPU', async () => {
    const cwd = mkdtempSync(join(folder, 'cwd-'));
    const study = new Sweep({
      output: join(folder, 'over-there'),
      variables: { x: [1, 2] },
      commands: `awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status > cpus-{x}; echo "$CUDA_VISIBLE_DEVICES $OMP_NUM_THREADS" > env-{x}`,
      workers: { cpus: 1, memoryMb: 4000, hosts: [{ ...at(one), cwd }] },
    });
    const notes: string[] = [];
    study.on('note', (text) => notes.push(text));
    assert.equal((await study.run()).length, 2);
    assert.match(notes.join(), /"memoryMb" holds on this machine only/);
    const said = (name: string): string => readFileSync(join(cwd, name), 'utf8');
    assert.deepEqual([said('cpus-1'), said('env-2')], [`${allowedCpus()[0]}\n`, ' 1\n']);
  });

  it('goes on without a machine that cannot be reached, and says so', async () => {
    const notes: string[] = [];
    const study = new Sweep({
      output: join(folder, 'some'),
      variables: { x: upTo(4) },
      task: tasks.square,
      workers: { hosts: [at(one), { ...at(one), host: '127.0.0.1:1' }] },
    });
    study.on('note', (text) => notes.push(text));
    study.on('waiting', (worker, reason) => notes.push(`${worker}: ${reason}`));
    assert.equal((await study.run()).length, 4);
    assert.match(notes.join('\n'), /worker-2.*cannot be started.*127\.0\.0\.1:1/s);
  });

  it('rejects when no machine can be reached, with nothing begun', async () => {
    const output = join(folder, 'none');
    const nowhere = { host: '127.0.0.1:1', token: testToken };
    await assert.rejects(
      sweep({ output, variables: { x: upTo(4) }, task: tasks.square, workers: { hosts: [nowhere] } }),
      { name: 'ConnectError' },
    );
    assert.equal(existsSync(join(output, 'x=0')), false);
  });
});
