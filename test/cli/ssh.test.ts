import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sweep } from 'pyworkers/sweep';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { childrenOf, commandOf } from '../support/processes.js';
import { hasSshd, Sshd } from '../support/sshd.js';
import { SweepCommand } from '../support/sweep-command.js';

const root = fileURLToPath(new URL('../../../', import.meta.url)); // from build/test/cli/

describe(`pyw-sweep over ssh${hasSshd ? '' : ' (skipped: there is no sshd)'}`, function () {
  this.timeout(60_000); // each of them starts processes, here and over there
  let sshd: Sshd;
  let command: SweepCommand;
  let env: Record<string, string>;

  before(async function () {
    if (!hasSshd) return this.skip();
    sshd = await Sshd.start(['AllowTcpForwarding yes']);
    sshd.configure([], `Host shut\n  HostName 127.0.0.1\n  Port ${await freePort()}`);
  });
  after(() => sshd?.stop());
  beforeEach(() => {
    command = new SweepCommand();
    const ssh = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
    chmodSync(command.write('bin/ssh', `#!/bin/sh\nexec '${ssh}' -F '${sshd.config}' "$@"\n`), 0o755); // the user's configuration
    mkdirSync(join(command.path, 'node_modules'));
    symlinkSync(root, join(command.path, 'node_modules', 'pyworkers'));
    env = { PATH: `${join(command.path, 'bin')}:${process.env.PATH}` };
  });
  afterEach(() => command.remove());

  /** The servers that sshd has started. */
  const farServers = (pid = sshd.child.pid ?? 0): number[] =>
    childrenOf(pid).flatMap((child) => (commandOf(child).includes('pyw-server') ? [child] : farServers(child)));

  it('tells which hosts a server can be started on, and leaves none there', async () => {
    const { findings, exitCode } = await command.json(['doctor', '--ssh', 'far,shut'], { env });
    const found = new Map(findings.map(({ what, state, says }) => [what, { state, says }]));
    assert.equal(found.get('ssh far')?.state, 'works');
    assert.match(found.get('ssh far')?.says ?? '', /a server can be started there/);
    assert.equal(found.get('ssh shut')?.state, 'wrong');
    assert.match(found.get('ssh shut')?.says ?? '', /^No ssh server listens on .*\. Start one there, or name the port/);
    assert.equal(exitCode, 1);
    await eventually(() => farServers().length === 0);
  });

  it('says what to do where the far side lacks what is needed', async () => {
    const bare = `ssh://far${command.path}/bin`;
    command.write(
      'elsewhere/sweep.yaml',
      `variables: { x: [1] }\ncommands: echo {x}\nworkers: { hosts: ['${bare}/none'] }\n`,
    );
    const { stdout, code } = await command.run(['doctor'], { env, cwd: join(command.path, 'elsewhere') });
    assert.equal(code, 1);
    assert.match(stdout, /NO ssh ssh:\/\/far.*\/none: The server on far could not be started[\s\S]*cd to .*\/none/);
  });

  it('runs tasks on a host over ssh, in the folder that is named, with their logs and results here', async () => {
    mkdirSync(join(command.path, 'there'));
    const there = ['--hosts', `ssh://far${command.path}/there`, '--metric', 'at=/(\\w+)$', '--metric', 'y=y=(\\S+)'];
    const work = ['--', 'sh', '-c', 'echo "y=$1"; pwd', 'x', '{x}'];
    const { exitCode, done } = await command.json(['run', '-p', 'x=1,2', ...there, ...work], { env });
    assert.deepEqual([exitCode, done], [0, 2]);
    const { rows } = await command.json(['results', '--meta', 'host']);
    assert.deepEqual(rows, [
      { x: 1, at: 'there', y: 1, 'task.host': 'far' },
      { x: 2, at: 'there', y: 2, 'task.host': 'far' },
    ]);
    assert.match((await command.run(['logs', 'x=2'])).stdout, /^y=2\n/);
    await eventually(() => farServers().length === 0);
  });

  it('ends with the sweep what was started over there, also in a program that goes on', async () => {
    const path = process.env.PATH;
    process.env.PATH = env.PATH;
    try {
      const hosts = ['ssh://far'];
      const given = { output: join(command.path, 'out'), variables: { x: [1] }, commands: 'echo {x}' };
      const study = new Sweep({ ...given, workers: { hosts } });
      let serversMeanwhile = 0;
      study.on('ended', () => {
        serversMeanwhile = farServers().length;
      });
      assert.equal((await study.run()).length, 1);
      assert.deepEqual([serversMeanwhile, farServers().length], [1, 0]);
    } finally {
      process.env.PATH = path;
    }
  });

  it('goes on without a host that cannot be had, and refuses an address that is none', async () => {
    const work = ['-p', 'x=1', '--', 'echo {x}'];
    const partly = await command.run(['run', '--hosts', 'ssh://far,ssh://shut', ...work], { env });
    assert.equal(partly.code, 0, partly.stderr);
    assert.match(partly.stderr, /ssh:\/\/shut cannot be used: /);
    const none = await command.run(['run', '-o', 'other', '--hosts', 'ssh://', ...work], { env });
    assert.equal(none.code, 2);
    assert.match(none.stderr, /"host" takes ssh:\/\/\[user@\]host/);
    await eventually(() => farServers().length === 0);
  });
});
