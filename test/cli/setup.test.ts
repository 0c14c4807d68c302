import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SweepCommand } from '../support/sweep-command.js';

describe('pyw-sweep', function () {
  this.timeout(60_000); // each of them starts processes, many of them one after the other
  let command: SweepCommand;
  beforeEach(() => {
    command = new SweepCommand();
  });
  afterEach(() => command.remove());

  it('makes an example that can be run as it is', async () => {
    const made = await command.run(['init', 'study', '--js']);
    assert.equal(made.code, 0);
    assert.match(made.stdout, /sweep\.config\.mjs is made\. Next: cd study && pyw-sweep plan/);
    const run = await command.run(['run', '-w', '2'], { cwd: `${command.path}/study` });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, /15 of 15 done/);
    const { stdout } = await command.run(['results', '--best', 'loss', 'study/sweep-output']);
    assert.match(stdout, /loss/);
  });

  it('makes an example in TypeScript that runs where it says that it does', async () => {
    const { stdout } = await command.run(['init', 'my study', '--ts']);
    assert.match(stdout, /sweep\.config\.mts is made\. Next: cd 'my study' && pyw-sweep plan/);
    const [, needed = ''] = /It needs these beside it: npm install (.*)\./.exec(stdout) ?? [];
    const root = fileURLToPath(new URL('../../../', import.meta.url)); // from build/test/cli/
    mkdirSync(join(command.path, 'my study', 'node_modules'));
    for (const name of needed.split(' ')) {
      const installed = name === 'pyworkers' ? root : join(root, 'node_modules', name);
      symlinkSync(installed, join(command.path, 'my study', 'node_modules', name));
    }
    const run = await command.json(['run'], { cwd: join(command.path, 'my study') });
    assert.deepEqual([run.exitCode, run.done], [0, 15]);
  });

  it('overwrites nothing with an example', async () => {
    command.write('sweep.yaml', 'mine: true\n');
    for (const form of ['--yaml', '--ts', '--js']) {
      const { code, stderr } = await command.run(['init', form]);
      assert.equal(code, 3);
      assert.match(stderr, /sweep\.yaml is there already, and stays as it is/);
    }
    assert.equal(command.read('sweep.yaml'), 'mine: true\n');
    assert.equal((await command.run(['init', '--ts', '--js'])).code, 2);
  });

  it('prints completions for three shells, and for no other', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await command.run(['completion', shell]);
      assert.equal(code, 0);
      for (const word of ['results', 'doctor', 'dry-run', 'over-seeds'])
        assert.ok(stdout.includes(word), `${shell} ${word}`);
    }
    assert.equal((await command.run(['completion', 'tcsh'])).code, 2);
  });

  it('finds what works and what does not', async () => {
    command.write('sweep.config.mjs', 'export default { variables: { x: [1, 2] }, commands: "true {x}" };');
    const silent = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const env = { PYW_TOKEN: 'a token that is long enough for a test', PYW_LEASE_DIR: `${command.path}/leases` };
    const healthy = await command.json(['doctor'], { env });
    assert.equal(healthy.exitCode, 0);
    const said = new Map(healthy.findings.map(({ what, says }) => [what, says]));
    assert.match(said.get('sweep file') ?? '', /2 tasks, into .*sweep-output/);
    assert.match(said.get('output folder') ?? '', /sweep-output can be made/);
    const ill = await command.run(['doctor', '--hosts', `127.0.0.1:${port}`], { env });
    silent.close();
    assert.equal(ill.code, 1);
    assert.match(ill.stdout, new RegExp(`NO server 127\\.0\\.0\\.1:${port}: .*check the port`));
    command.write('sweep.config.mjs', 'export default { variable: {} };');
    const broken = await command.run(['doctor'], { env });
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /NO sweep file: .*"variable"/);
  });

  it('colours nothing that goes into a pipe, and something where that is asked for', async () => {
    await command.run(['run', '-p', 'a=1', '--', 'true {a}']);
    const plain = await command.run(['status']);
    const forced = await command.run(['status'], { env: { FORCE_COLOR: '1' } });
    const refused = await command.run(['status'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    assert.deepEqual(
      [plain, forced, refused].map(({ stdout }) => stdout.includes('\u001b[')),
      [false, true, false],
    );
  });

  it('tells its version, and of every command what it takes', async () => {
    assert.match((await command.run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
    const { stdout, code } = await command.run(['--help']);
    assert.equal(code, 0);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) .*[[<]|^ {2}([a-z]+) /gm)].map(([, one, other]) => one ?? other);
    assert.match(stdout, /130 {2}stopped by Ctrl-C/);
    for (const name of names.filter((each) => each && each !== 'help')) {
      const help = await command.run([name ?? '', '--help']);
      assert.deepEqual([help.code, help.stdout.startsWith(`Usage: pyw-sweep ${name}`)], [0, true], name);
    }
  });
});
