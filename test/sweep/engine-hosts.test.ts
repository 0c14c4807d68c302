import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { target } from 'pyworkers';
import { Sweep, type SweepSpec, sweep } from 'pyworkers/sweep';
import { freePort } from '../support/free-port.js';
import { ServerProcess, testToken } from '../support/server-process.js';
import { sweepFolder } from '../support/sweep-folder.js';

const source = `
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
export async function work({ x }, { dir, loaded, progress }) {
  writeFileSync(join(dir, 'written.txt'), 'by ' + x);
  console.log('x is ' + x);
  progress({ step: x });
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { square: x * x, root: process.env.PYW_ROOT, dir, model: loaded.model };
}
export function isKilled({ x }, { dir }) {
  console.log('so far of ' + x);
  writeFileSync(join(dir, 'model.bin'), 'half a model');
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}
export function short({ x }, { dir }) {
  writeFileSync(join(dir, 'made'), String(x));
  const mark = join(process.env.PYW_ROOT, 'killed');
  if (x !== 100 || existsSync(mark)) return { y: x };
  writeFileSync(mark, '');
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}
export function blocks() {
  console.log('so far of blocking');
  for (;;);
}
export async function asks(_, { signal }) {
  console.log('so far of asking');
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  signal.throwIfAborted();
}
export const load = (name) => name + ' of ' + process.env.PYW_ROOT;
export const setup = () => { if (process.env.PYW_BROKEN) throw new Error('this host is broken'); };
`;

describe('A sweep on other hosts', () => {
  const folder = sweepFolder();
  const servers: ServerProcess[] = [];

  /** A server that has the module at a place of its own. */
  async function serverIn(name: string, env = {}): Promise<{ address: string; root: string }> {
    const root = join(folder.path, name);
    mkdirSync(root);
    writeFileSync(join(root, 'work.mjs'), source);
    const server = await ServerProcess.start(['--root', root], env);
    servers.push(server);
    return { address: server.address, root };
  }
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  function study(more: SweepSpec): SweepSpec {
    const home = join(folder.path, 'home');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'work.mjs'), source);
    const module = pathToFileURL(join(home, 'work.mjs'));
    return {
      output: folder.output,
      variables: {
        model: { values: ['small', 'large'], load: target(module, 'load') },
        x: Array.from({ length: 10 }, (_, i) => i),
      },
      task: target(module, 'work'),
      ...more,
    };
  }
  const host = ({ address }: { address: string }): { host: string; root: string; token: string } => ({
    host: address,
    root: join(folder.path, 'home'),
    token: testToken,
  });

  it('is shared by two servers with different roots, and files, logs and results come back', async () => {
    const [one, two] = [await serverIn('one'), await serverIn('two')];
    const results = await sweep(study({ workers: { hosts: [host(one), host(two)] } }));
    assert.equal(results.length, 20);
    assert.deepEqual(new Set(results.rows.map(({ root }) => root)), new Set([one.root, two.root]));
    for (const { x, model, square, root, dir, step, ...row } of results.rows) {
      assert.deepEqual([square, step, row['result.model']], [Number(x) ** 2, x, `${model} of ${root}`]);
      const task = join(folder.output, `model=${model}`, `x=${x}`);
      assert.equal(readFileSync(join(task, 'written.txt'), 'utf8'), `by ${x}`);
      assert.equal(JSON.parse(readFileSync(join(task, 'params.json'), 'utf8')).params.x, x);
      const [log = ''] = readdirSync(task).filter((name) => name.startsWith('log.'));
      assert.equal(readFileSync(join(task, log), 'utf8'), `x is ${x}\n`);
      assert.equal(existsSync(String(dir)), false, 'the scratch folder is gone');
    }
    assert.deepEqual(results.stats.workers.map((each) => each.host).sort(), [one.address, two.address].sort());
  });

  it('has the log and the files of a task that was killed or cut off there, whose scratch folder goes', async () => {
    const tmp = join(folder.path, 'tmp');
    mkdirSync(tmp);
    const one = await serverIn('one', { TMPDIR: tmp });
    const home = pathToFileURL(join(folder.path, 'home', 'work.mjs'));
    for (const [name, log, files] of [
      ['isKilled', 'so far of 1\n', ['model.bin']],
      ['blocks', 'so far of blocking\n', []],
      ['asks', 'so far of asking\n', []],
    ] as const) {
      const output = join(folder.path, name);
      const limits = { timeoutMs: name === 'isKilled' ? 60_000 : 1000, graceMs: 500, retries: 0 };
      const workers = { hosts: [host(one)] };
      const results = await sweep(
        study({ output, variables: { x: [1] }, task: target(home, name), workers, ...limits }),
      );
      assert.equal([...results.missing][0]?.class, name === 'isKilled' ? 'lost' : 'timeout');
      const task = join(output, 'x=1');
      const left = readdirSync(task).filter((each) => each !== 'params.json' && each !== 'status.json');
      const logs = left.filter((each) => each.startsWith('log.'));
      assert.deepEqual(
        logs.map((each) => readFileSync(join(task, each), 'utf8')),
        [log],
      );
      assert.deepEqual(
        left.filter((each) => !logs.includes(each)),
        files,
      );
      assert.deepEqual(
        readdirSync(tmp).filter((each) => each.startsWith('pyw-task-')),
        [],
      );
    }
  }).timeout(60_000);

  it('leaves no scratch folder of short tasks that a worker had together when it was killed', async () => {
    const tmp = join(folder.path, 'tmp');
    mkdirSync(tmp);
    const one = await serverIn('one', { TMPDIR: tmp });
    const home = pathToFileURL(join(folder.path, 'home', 'work.mjs'));
    const xs = Array.from({ length: 200 }, (_, x) => x);
    const workers = { hosts: [host(one)] };
    const results = await sweep(study({ variables: { x: xs }, task: target(home, 'short'), workers }));
    assert.deepEqual(
      results.rows.map(({ y }) => y),
      xs,
    );
    assert.ok(xs.every((x) => readFileSync(join(folder.output, `x=${x}`, 'made'), 'utf8') === String(x)));
    assert.ok(existsSync(join(one.root, 'killed')));
    assert.deepEqual(
      readdirSync(tmp).filter((each) => each.startsWith('pyw-task-')),
      [],
    );
  }).timeout(60_000);

  it('writes where a host sees the output folder, if it does', async () => {
    const one = await serverIn('one');
    const results = await sweep(study({ workers: { hosts: [{ ...host(one), output: folder.output }] } }));
    assert.equal(results.rows[0]?.dir, join(folder.output, 'model=small', 'x=0'));
    assert.ok(existsSync(join(folder.output, 'model=small', 'x=0', 'params.json')));
  });

  it('is done by the others where one host cannot be reached, or cannot work', async () => {
    const [one, two] = [await serverIn('one'), await serverIn('two')];
    const home = pathToFileURL(join(folder.path, 'home', 'work.mjs'));
    const nobody = { ...host(one), host: `127.0.0.1:${await freePort()}` };
    const broken = { ...host(two), env: { PYW_BROKEN: '1' } };
    for (const bad of [nobody, broken]) {
      const output = join(folder.path, bad === nobody ? 'a' : 'b');
      const workers = { hosts: [bad, host(one)], setup: target(home, 'setup') };
      for (const canary of [true, false]) {
        const one = new Sweep(study({ output: `${output}${canary}`, canary, workers }));
        assert.equal((await one.run()).length, 20);
      }
    }
    await assert.rejects(
      sweep(study({ workers: { hosts: [broken], setup: target(home, 'setup') } })),
      /this host is broken/,
    );
  });

  it('runs commands there, whose logs and metrics come back', async () => {
    const one = await serverIn('one');
    const results = await sweep({
      output: folder.output,
      variables: { x: [1, 2] },
      commands: { train: 'echo "::result {\\"y\\": {x}}"; echo hello > {_output}/made' },
      workers: { hosts: [{ host: one.address, token: testToken }] },
    });
    assert.deepEqual(results.toRecords(), [
      { x: 1, y: 1 },
      { x: 2, y: 2 },
    ]);
    assert.equal(readFileSync(join(folder.output, 'x=2', 'made'), 'utf8'), 'hello\n');
  });
});
