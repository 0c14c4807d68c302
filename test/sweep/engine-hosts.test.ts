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
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
export async function work({ x }, { dir, loaded, progress }) {
  writeFileSync(join(dir, 'written.txt'), 'by ' + x);
  console.log('x is ' + x);
  progress({ step: x });
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { square: x * x, root: process.env.PYW_ROOT, dir, model: loaded.model };
}
export const load = (name) => name + ' of ' + process.env.PYW_ROOT;
export const setup = () => { if (process.env.PYW_BROKEN) throw new Error('this host is broken'); };
`;

describe('A sweep on other hosts', () => {
  const folder = sweepFolder();
  const servers: ServerProcess[] = [];

  /** A server that has the module at a place of its own. */
  async function serverIn(name: string): Promise<{ address: string; root: string }> {
    const root = join(folder.path, name);
    mkdirSync(root);
    writeFileSync(join(root, 'work.mjs'), source);
    const server = await ServerProcess.start(['--root', root]);
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
